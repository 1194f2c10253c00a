"""The local Service Catalog, and SageMaker projects, which are launched through it."""
