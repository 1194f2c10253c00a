"""All combinations of a stage's settings, which of them cannot be, and few that stand for all.

Run as a program with the deploy repository's code on the path, it writes into a folder the
templates of the combinations that are accepted, and what was said about the others.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product
from pathlib import Path
from typing import Any

PROJECT = {
    "ARTIFACT_BUCKET": "mlops-sm-project-p-abcdefghijkl",
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "APPROVAL_GATE": "environment",
    "EXECUTION_ROLE_ARN": "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-execution",
    "KMS_KEY_ARN": "arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-4000-8000-000000000000",
    "MODEL_PACKAGE_GROUP_NAME": "demo-p-abcdefghijkl",
    "PROJECT_ID": "p-abcdefghijkl",
    "PROJECT_NAME": "demo",
}
ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/demo-p-abcdefghijkl/1"
PROVENANCE = {
    "commit": "c" * 40,
    "data_sha256": "d" * 64,
    "model_sha256": "e" * 64,
    "pipeline_execution": f"{ARN.split(':model')[0]}:pipeline/demo/execution/abcdefghijkl",
    "approved_by": "arn:aws:sts::111122223333:assumed-role/Reviewer/ana@example.com",
}

Values = dict[str, Any]
Combination = tuple[str, ...]


def _instances(family: str, count: int) -> Values:
    return {"mode": "realtime", "instance_type": f"ml.{family}", "instance_count": count}


def _scaled(max_instances: int) -> Values:
    scaling = {"max_instances": max_instances, "invocations_per_instance_per_minute": 60}
    return {"autoscaling": scaling}


SERVING: dict[str, Values] = {
    "serverless": {"mode": "serverless"},
    "serverless-6": {"mode": "serverless", "memory_mib": 6144, "max_concurrency": 200},
    "t2x1": _instances("t2.medium", 1),
    "m5x1": _instances("m5.large", 1),
    "m5x2": _instances("m5.large", 2),
    "inf1x2": _instances("inf1.xlarge", 2),
    "g5x4": _instances("g5.xlarge", 4),
}
SCALING: dict[str, Values] = {"fixed": {}, "to-2": _scaled(2), "to-6": _scaled(6)}
DEPLOYMENT: dict[str, Values] = {
    "default": {},
    "bake-only": {"deployment": {"policy": "all_at_once", "bake_minutes": 5}},
    "at-once": {"deployment": {"policy": "all_at_once", "alarms": {"latency_ms": 100}}},
    "canary": {"deployment": {"policy": "canary", "canary_percent": 10}},
    "linear": {"deployment": {"policy": "linear", "step_percent": 10}},
    "rolling": {
        "deployment": {
            "policy": "rolling",
            "batch_percent": 5,
            "bake_minutes": 6,
            "alarms": {"errors_percent": 9, "latency_ms": 100},
        }
    },
}
OTHERS: dict[str, dict[str, Values]] = {
    "name": {name: {"name": name} for name in ("dev", "staging", "prod")},
    "approval": {way: {"approval": way} for way in ("automatic", "environment", "registry")},
    "place": {
        "project": {},
        "same-account": {"account": "111122223333", "region": "eu-west-1"},
        "own-account": {"account": "222233334444"},
        "other-region": {"region": "us-east-1"},
    },
    "capture": {"none": {}, "captured": {"data_capture": {"sampling_percentage": 10}}},
}
DIMENSIONS = (tuple(SERVING), tuple(SCALING), tuple(DEPLOYMENT), *map(tuple, OTHERS.values()))

_SERVERLESS = ("serverless", "serverless-6")
_STEPWISE = ("canary", "linear", "rolling")
# What cannot be, told apart from the code that refuses it: a value alone, or two together.
IMPOSSIBLE = {
    frozenset({"bake-only"}),
    frozenset({"other-region"}),
    *(frozenset({"dev", place}) for place in ("same-account", "own-account")),
    frozenset({"own-account", "captured"}),
    *(frozenset({"dev", approval}) for approval in ("environment", "registry")),
    *map(frozenset, product(_SERVERLESS, ("to-2", "to-6", "at-once", *_STEPWISE, "captured"))),
    *map(frozenset, product(("t2x1", "m5x1"), _STEPWISE)),
    *map(frozenset, product(("inf1x2",), ("at-once", *_STEPWISE))),
    *map(frozenset, product(("t2x1",), ("to-2", "to-6"))),
    *map(frozenset, product(("m5x2", "inf1x2", "g5x4"), ("to-2",))),
    # Six batches of one instance, each of them watched for six minutes.
    frozenset({"to-6", "rolling"}),
}


def is_impossible(combination: Combination) -> bool:
    """Tell by the table whether a combination cannot be."""
    values = set(combination)
    return any(impossible <= values for impossible in IMPOSSIBLE)


def as_settings(combination: Combination) -> Values:
    """Write a combination as the entry of a stage."""
    serving, scaling, deployment, *others = combination
    settings: Values = {
        "serving": SERVING[serving] | SCALING[scaling],
        **DEPLOYMENT[deployment],
    }
    for dimension, value in zip(OTHERS.values(), others, strict=True):
        settings |= dimension[value]
    return settings


def few_for_all(possible: Sequence[Combination]) -> Iterator[Combination]:
    """Choose combinations until every two values that can meet have met."""
    pairs = {combination: set(combinations(combination, 2)) for combination in possible}
    missing = set().union(*pairs.values())
    while missing:
        best = max(possible, key=lambda combination: len(pairs[combination] & missing))
        missing -= pairs[best]
        yield best


def main(outdir: Path) -> None:
    """Judge every combination, and synthesize few of the accepted ones under cdk-nag."""
    from aws_cdk import App, Validations
    from cdk_nag import AwsSolutionsChecks

    from deploy_endpoint.errors import SettingsError
    from deploy_endpoint.model.approved_model import ApprovedModel, Provenance
    from deploy_endpoint.settings.project_settings import ProjectSettings
    from deploy_endpoint.settings.stage import StageSettings
    from deploy_endpoint.settings.stage_settings import parse_stages
    from deploy_endpoint.stack.endpoint_stack import EndpointStack

    project = ProjectSettings.model_validate(PROJECT)
    accepted: dict[Combination, StageSettings] = {}
    refused: dict[str, str] = {}
    for combination in product(*DIMENSIONS):
        dev = {"name": "dev", "approval": "automatic", "serving": {"mode": "serverless"}}
        settings = as_settings(combination)
        entries = [settings] if settings["name"] == "dev" else [dev, settings]
        try:
            stages = parse_stages({"stages": entries}, "config/stages.yml", project)
        except SettingsError as error:
            refused[" ".join(combination)] = str(error)
        else:
            accepted[combination] = stages.stages[-1]
    app = App(outdir=str(outdir), analytics_reporting=False)
    Validations.of(app).add_plugins(AwsSolutionsChecks())
    for number, combination in enumerate(few_for_all(sorted(accepted))):
        provenance = Provenance(**PROVENANCE) if number % 2 else Provenance()
        model = ApprovedModel(package_arn=ARN, provenance=provenance)
        stage = accepted[combination]
        EndpointStack(app, "-".join(combination), project=project, stage=stage, model=model)
    judged: Mapping[str, Any] = {"accepted": [" ".join(c) for c in accepted], "refused": refused}
    (outdir / "judged.json").write_text(json.dumps(judged), encoding="utf-8")
    app.synth()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
