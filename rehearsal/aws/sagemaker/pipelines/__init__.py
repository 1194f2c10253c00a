"""SageMaker Pipelines: definitions, and the interpreter that executes them."""
