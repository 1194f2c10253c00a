"""SageMaker projects, which are products of Service Catalog."""
