"""What the pages ask AWS and GitHub, side by side, and for how long an answer is good."""
