"""What a project's pipeline, report, log and repositories hold, as large as they are in reality."""

import json
from collections.abc import Sequence
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"
DECIDED = "arn:aws:iam::111122223333:user/model-reviewer"
STEPS = ("Preprocess", "Train", "Evaluate", "Check", "Register")
# Bytes of the arguments of one step, as SageMaker Pipelines writes them.
_ARGUMENTS = 2600
_MOMENT = "2026-11-27T04:00:00.000Z"


def _step(name: str, before: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "Processing",
        "DependsOn": [before] if before else [],
        "Arguments": {"AppSpecification": {"ContainerEntrypoint": ["x" * _ARGUMENTS]}},
    }


DEFINITION: dict[str, Any] = {
    "Version": "2020-12-01",
    "Steps": [_step(name, before) for before, name in zip(("", *STEPS), STEPS, strict=False)],
}


def decision_line(arn: str, stages: Sequence[str]) -> str:
    """A line of the dispatch function, which decided to bring a version to the last stage."""
    *before, last = stages
    presence = {"healthy": _MOMENT, "ended": _MOMENT, "outcome": "deployed", "tried": 1}
    record = {"serves": arn, "under_way": None, "versions": {arn: presence}}
    decided = {
        "steps": [{"step": "Start", "order": {"kind": "deploy", "stage": last, "arn": arn}}],
        "view": {
            "stages": [{"name": name, "approval": "automatic"} for name in stages],
            "records": dict.fromkeys(before, record),
            "versions": {
                arn: {"arn": arn, "decision": 1, "is_approved": True, "approved_by": DECIDED}
            },
        },
    }
    request = "8986166f-5dea-46eb-b8c3-ade8a6320817"
    return f"[INFO]\t{_MOMENT}\t{request}\tdecided {json.dumps(decided)}"


def report() -> bytes:
    """The report of an evaluation, with a card's curves and a sample."""
    digest = "0" * 64
    numbers = [n / 200 for n in range(200)]
    told = {
        "task": "regression",
        "regression_metrics": {
            "mse": {"value": 4.5, "standard_deviation": 0.4, "confidence_interval": [3.7, 5.3]}
        },
        "provenance": {"model_sha256": digest, "data_sha256": digest},
        "card": {
            "records": 626,
            "predicted_against_known": {"known": numbers, "predicted": numbers},
        },
        "sample": {
            "records": ["F,0.51,0.405,0.14,0.6935,0.369,0.1195,0.1815"] * 20,
            "predictions": [9.5] * 20,
        },
    }
    return json.dumps(told, indent=2).encode()


def run_of(number: int, page: str) -> dict[str, Any]:
    """A run of a workflow that succeeded, as GitHub says it."""
    return {
        "id": number,
        "name": "Deploy",
        "display_title": f"Run {number}",
        "status": "completed",
        "conclusion": "success",
        "url": f"{page}/runs/{number}",
        "html_url": f"{page}/runs/{number}",
        "head_sha": COMMIT,
        "run_started_at": "2026-11-27T04:00:00Z",
        "updated_at": "2026-11-27T04:05:00Z",
    }
