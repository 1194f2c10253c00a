"""What the lifecycle costs in time, memory and requests, and how near that is to its floor."""
