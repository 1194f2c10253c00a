"""The local SageMaker: registry, pipelines, jobs, models, endpoints and their runtime.

The composition root is `service.register`, which the local AWS calls once.
"""

from rehearsal.aws.sagemaker.settings import SageMakerSettings

__all__ = ["SageMakerSettings"]
