"""The local SageMaker: registry, pipelines, jobs, models, endpoints and their runtime."""
