"""What a new repository is filled with, and how it gets there."""
