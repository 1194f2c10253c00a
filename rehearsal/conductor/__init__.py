"""The command line that plays the lifecycle, act by act."""
