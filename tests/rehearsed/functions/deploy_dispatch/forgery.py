"""What a version may say of itself when it is registered: everything that we ever write."""

from typing import Any

from tests.rehearsed.functions.deploy_dispatch.stages import STAGES

NEVER = "9999-12-31T23:59:59.999Z"
FORGED = {
    "approved-by": "somebody",
    "gate": "prod",
    "model-sha256": "f" * 64,
    "data-sha256": "f" * 64,
    **{f"approved-by-{stage}": "somebody else" for stage in STAGES},
    **{f"{stage}-healthy": NEVER for stage in STAGES},
    **{f"{stage}-removed": NEVER for stage in STAGES},
    **{f"{stage}-last": f"{NEVER} deployed" for stage in STAGES},
}
OPEN = {"Stage": "prod", "StageStatus": "Approved"}
TRUE = {"commit": "c" * 40, "pipeline-execution": "arn"}


def carried() -> dict[str, Any]:
    """Life cycle and metadata of a version, with what the pipeline truly writes."""
    return {"CustomerMetadataProperties": {**TRUE, **FORGED}, "ModelLifeCycle": OPEN}
