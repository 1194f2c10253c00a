"""`logs` finds what servers, jobs and endpoints wrote; `status` says what is served."""

import shutil
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from click.testing import CliRunner

from rehearsal.conductor import world_commands
from rehearsal.conductor.cli import cli
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.serving import ServedModel, served_models
from rehearsal.conductor.world import World

PROJECT = Path(__file__).resolve().parents[3]
PACKAGE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/rings-p-abcdefghijkl/3"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A stopped world with the logs that a play leaves."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    monkeypatch.setattr(world_commands, "ROOT", tmp_path)
    world = World.create(tmp_path)
    for name in ("logs/aws", *(f"aws/sagemaker/logs/{kind}-job/{kind}-1" for kind in KINDS)):
        file = world.state / f"{name}.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"begin\nend of {file.stem}\n", encoding="utf-8")
    return world


KINDS = ("training", "processing")


def test_logs_of_jobs_are_listed_beside_those_of_servers(world: World) -> None:
    listed = CliRunner().invoke(cli, ["logs"]).output
    names = [line.split()[0] for line in listed.splitlines()]
    assert names == ["aws", "processing-job/processing-1", "training-job/training-1"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_end_of_a_jobs_log_is_printed(world: World, kind: str) -> None:
    done = CliRunner().invoke(cli, ["logs", f"{kind}-job/{kind}-1", "--lines", "1"])
    assert done.output == f"end of {kind}-1\n"


@pytest.mark.parametrize("name", ["nothing", "../world", "training-job/../../../../logs/aws"])
def test_a_name_that_is_no_log_is_refused(world: World, name: str) -> None:
    done = CliRunner().invoke(cli, ["logs", name])
    assert isinstance(done.exception, RehearsalError)
    assert "`make rehearse ARGS=logs` lists them" in str(done.exception)


def test_a_stopped_world_serves_nothing(world: World) -> None:
    said = CliRunner().invoke(cli, ["status"]).output
    assert said.startswith("stopped: AWS http://127.0.0.1:")
    assert "serves" not in said


def test_an_endpoint_is_told_with_the_version_that_it_serves() -> None:
    sagemaker = boto3.client("sagemaker", region_name="eu-west-1")
    named = {"EndpointName": "rings-dev", "EndpointArn": "arn:aws:sagemaker:a:b:endpoint/rings-dev"}
    times = {"CreationTime": 0, "LastModifiedTime": 0, "EndpointStatus": "InService"}
    config = {"EndpointConfigName": "config", "EndpointConfigArn": "arn:aws:sagemaker:a:b:c/config"}
    variants = [{"VariantName": "AllTraffic", "ModelName": "model"}]
    with Stubber(sagemaker) as aws:
        aws.add_response("list_endpoints", {"Endpoints": [named | times]})
        aws.add_response("describe_endpoint", named | times | {"EndpointConfigName": "config"})
        aws.add_response(
            "describe_endpoint_config",
            config | {"ProductionVariants": variants, "CreationTime": 0},
            {"EndpointConfigName": "config"},
        )
        aws.add_response(
            "describe_model",
            {
                "ModelName": "model",
                "ModelArn": "arn:aws:sagemaker:a:b:model/model",
                "CreationTime": 0,
                "PrimaryContainer": {"ModelPackageName": PACKAGE},
            },
            {"ModelName": "model"},
        )
        assert served_models(sagemaker) == [ServedModel("rings-dev", "InService", PACKAGE)]
        aws.assert_no_pending_responses()
