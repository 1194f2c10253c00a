"""The SageMaker pipeline of this repository and the commands that show and run it."""
