"""A person in Studio works on projects with nothing but the policies that this project ships."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.set_up import STUDIO_ROLE
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.attacks.attack import DENIED, Attack, answer, filled
from tests.rehearsed.permissions.company_lake import DATA
from tests.rehearsed.permissions.pipeline import Pipeline
from tests.rehearsed.permissions.studio import Studio, public_data

_SEED = Path(__file__).resolve().parents[3] / "seed_code/build_app"
_OTHER_ROLE = "OtherDomain-ExecutionRole"
_EXECUTION_ROLE = f"arn:aws:iam::{ACCOUNT}:role/mlops-{{id}}-execution"
_REFUSED = (
    Attack(
        "change a project's code",
        "s3",
        "put_object",
        {"Bucket": "{bucket}", "Key": "{pipeline}/code/a.py", "Body": b""},
    ),
    Attack(
        "change a report",
        "s3",
        "put_object",
        {"Bucket": "{bucket}", "Key": "{pipeline}/x/evaluation.json", "Body": b""},
    ),
    Attack("delete data", "s3", "delete_object", {"Bucket": "{bucket}", "Key": "data/mine.csv"}),
    Attack("list the whole bucket", "s3", "list_objects_v2", {"Bucket": "{bucket}"}),
    Attack(
        "read data where only projects may",
        "s3",
        "get_object",
        dict(zip(("Bucket", "Key"), DATA.removeprefix("s3://").split("/", 1), strict=True)),
    ),
    Attack(
        "give the pipeline another definition, and a role",
        "sagemaker",
        "update_pipeline",
        {
            "PipelineName": "{pipeline}",
            "PipelineDefinition": json.dumps({"Version": "2020-12-01", "Steps": []}),
            "RoleArn": _EXECUTION_ROLE,
        },
    ),
    Attack(
        "make a pipeline with a project's role",
        "sagemaker",
        "create_pipeline",
        {
            "PipelineName": "own-{id}",
            "ClientRequestToken": "c" * 32,
            "PipelineDefinition": json.dumps({"Version": "2020-12-01", "Steps": []}),
            "RoleArn": _EXECUTION_ROLE,
        },
    ),
    Attack(
        "approve a model",
        "sagemaker",
        "update_model_package",
        {
            "ModelPackageArn": "arn:aws:sagemaker:eu-west-1:{account}:model-package/{pipeline}/1",
            "ModelApprovalStatus": "Approved",
        },
    ),
    Attack(
        "take a project's role",
        "sts",
        "assume_role",
        {"RoleArn": _EXECUTION_ROLE, "RoleSessionName": "up"},
    ),
    Attack(
        "read a token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{id}/github-token"},
    ),
)


@pytest.fixture(scope="module")
def studio(ground: Ground, project: TrialProject, pipeline: Pipeline) -> Studio:
    """A person in the domain under which the project was launched, whose pipeline is there."""
    made = Studio(project, ground.play.studio)
    assert made.pipeline == pipeline.name
    return made


@pytest.fixture(scope="module")
def stranger(ground: Ground, project: TrialProject, sessions: RoleSessions) -> Studio:
    """A person in another domain, whose role has the very same policies."""
    iam = ground.world.administrator.client("iam")
    shipped = iam.list_attached_role_policies(RoleName=STUDIO_ROLE)["AttachedPolicies"]
    assert len(shipped) == 2
    assert iam.list_role_policies(RoleName=STUDIO_ROLE)["PolicyNames"] == []
    trust = iam.get_role(RoleName=STUDIO_ROLE)["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName=_OTHER_ROLE, AssumeRolePolicyDocument=json.dumps(trust))
    for policy in shipped:
        iam.attach_role_policy(RoleName=_OTHER_ROLE, PolicyArn=policy["PolicyArn"])
    return Studio(project, sessions.of(_OTHER_ROLE))


def test_own_data_becomes_a_model_whose_report_is_read(
    project: TrialProject, studio: Studio
) -> None:
    url = studio.put_data("mine.csv", public_data(project) + b"M,0.5,0.4,0.1,0.5,0.2,0.1,0.2,9\n")
    listed = studio.client("s3").list_objects_v2(Bucket=studio.bucket, Prefix="data/")
    assert [found["Key"] for found in listed["Contents"]] == ["data/mine.csv"]
    execution = studio.start(InputDataUrl=url)
    assert studio.await_end(execution) == ("Succeeded", "")
    assert "provenance" in studio.read_newest_report()
    preprocess, train = _jobs(studio, execution)
    sagemaker = studio.client("sagemaker")
    assert sagemaker.describe_processing_job(ProcessingJobName=preprocess)["RoleArn"].endswith(
        f"{project.id}-reader"
    )
    assert sagemaker.describe_training_job(TrainingJobName=train)["FinalMetricDataList"]
    assert studio.read_log(preprocess)


def test_a_build_that_the_gate_refused_has_a_card(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    execution = studio.start(MetricThreshold="0.0001")
    status, why = studio.await_end(execution)
    assert (status, "is above MetricThreshold" in why) == ("Failed", True)
    monkeypatch.syspath_prepend(_SEED / "source_scripts")
    monkeypatch.syspath_prepend(_SEED)
    cards = importlib.import_module("ml_pipelines.card.executions")
    registry = importlib.import_module("ml_pipelines.card.registry")
    found = cards.find_execution(studio.client("sagemaker"), studio.pipeline, "")
    assert (found.arn, found.status) == (execution, "Failed")
    assert (found.gate.metric, found.gate.threshold) == ("mse", 0.0001)
    report = json.loads(registry.fetch_report(studio.client("s3"), found.report_uri))
    assert report["regression_metrics"]["mse"]["value"] > 0.0001


def _jobs(studio: Studio, execution: str) -> tuple[str, str]:
    """Names of the job that read the data, and of the one that trained."""
    first, second = studio.steps(execution)[:2]
    processing, training = first["Metadata"]["ProcessingJob"], second["Metadata"]["TrainingJob"]
    return processing["Arn"].rpartition("/")[2], training["Arn"].rpartition("/")[2]


@pytest.mark.parametrize("attack", _REFUSED, ids=[attack.aim for attack in _REFUSED])
def test_what_the_shipped_policies_do_not_allow_is_denied(
    project: TrialProject, studio: Studio, attack: Attack
) -> None:
    known = {
        "account": ACCOUNT,
        "bucket": studio.bucket,
        "id": project.id,
        "pipeline": studio.pipeline,
    }
    call = getattr(studio.client(attack.service), attack.operation)
    assert answer(call, filled(attack.request, known)) in DENIED


def test_the_pipeline_approves_nothing_for_whoever_starts_it(studio: Studio) -> None:
    status, reasons = studio.await_end(studio.start(ModelApprovalStatus="Approved"))
    assert status == "Failed"
    assert "is not authorized to perform: sagemaker:CreateModelPackage " in reasons


def test_an_execution_is_stopped_by_whoever_may_start_it(
    project: TrialProject, studio: Studio
) -> None:
    # Data that no execution has read: whatever is cached would end before it can be stopped.
    url = studio.put_data(
        "stopped.csv", public_data(project) + b"F,0.4,0.3,0.1,0.4,0.2,0.1,0.1,8\n"
    )
    execution = studio.start(InputDataUrl=url)
    studio.stop(execution)
    assert studio.await_end(execution)[0] == "Stopped"


@pytest.mark.parametrize("operation", ["put_object", "get_object", "list_objects_v2"])
def test_the_data_of_a_project_under_another_domain_is_closed(
    stranger: Studio, operation: str
) -> None:
    about: dict[str, Any] = {"Bucket": stranger.bucket, "Key": f"{names.DATA_FOLDER}mine.csv"}
    if operation == "list_objects_v2":
        about = {"Bucket": stranger.bucket, "Prefix": names.DATA_FOLDER}
    assert answer(getattr(stranger.client("s3"), operation), about) in DENIED
