"""What a serverless variant may not be or have.

Source: SageMaker developer guide, "Deploy models with Amazon SageMaker Serverless Inference", its
"Feature exclusions" and "Memory size"; API reference, ProductionVariantServerlessConfig.
"""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.service_kit.operations import Record

LARGEST_BODY_BYTES = 4 * 1024 * 1024
_MEMORY_STEP_MIB = 1024
# Members of a variant that speak of instances.
_OF_INSTANCES = (
    "InstanceType",
    "InitialInstanceCount",
    "AcceleratorType",
    "VolumeSizeInGB",
    "ModelDataDownloadTimeoutInSeconds",
    "ContainerStartupHealthCheckTimeoutInSeconds",
    "ManagedInstanceScaling",
    "RoutingConfig",
    "CoreDumpConfig",
)


def check_config(config: Record, models: Sequence[Record]) -> None:
    """Refuse an endpoint configuration that mixes serverless variants with what excludes them.

    Args:
        config: the request of CreateEndpointConfig.
        models: those of its variants, as they are stored.
    """
    variants = config["ProductionVariants"]
    serverless = [variant for variant in variants if variant.get("ServerlessConfig")]
    if not serverless:
        return
    if len(variants) > 1:
        raise _excluded("multiple production variants")
    if (config.get("DataCaptureConfig") or {}).get("EnableCapture"):
        raise _excluded("data capture")
    if config.get("VpcConfig") or any(model.get("VpcConfig") for model in models):
        raise _excluded("VPC configuration")
    if config.get("KmsKeyId"):
        # Judged by AWS's own SDK, which sends a key only for variants on instances.
        raise _excluded("a KmsKeyId, which is for the volumes of instances")
    isolated = [model for model in models if model.get("EnableNetworkIsolation")]
    if isolated:
        raise _excluded("network isolation")
    _check_variant(serverless[0])


def check_conversion(old: Sequence[VariantPlan], new: Sequence[VariantPlan]) -> None:
    """Refuse an update from instances to serverless; the other way is allowed."""
    if any(plan.serverless for plan in new) and not all(plan.serverless for plan in old):
        raise RequestRefusedError(
            "An endpoint on instances cannot be converted to a serverless endpoint; delete it and "
            "create it anew."
        )


def _check_variant(variant: Record) -> None:
    name, config = variant["VariantName"], variant["ServerlessConfig"]
    given = [member for member in _OF_INSTANCES if variant.get(member) is not None]
    if given:
        raise RequestRefusedError(
            f"Variant {name} is serverless and cannot have {', '.join(given)}."
        )
    memory = config["MemorySizeInMB"]
    if memory % _MEMORY_STEP_MIB:
        raise RequestRefusedError(
            f"MemorySizeInMB {memory} of variant {name} is not in increments of 1 GB; valid are "
            "1024, 2048, 3072, 4096, 5120 and 6144."
        )
    provisioned = config.get("ProvisionedConcurrency", 0)
    if provisioned > config["MaxConcurrency"]:
        raise RequestRefusedError(
            f"ProvisionedConcurrency {provisioned} of variant {name} is larger than its "
            f"MaxConcurrency {config['MaxConcurrency']}."
        )


def _excluded(feature: str) -> RequestRefusedError:
    return RequestRefusedError(f"Serverless Inference does not support {feature}.")
