"""The endpoint of one approved model: its stack, and the commands around a deployment."""
