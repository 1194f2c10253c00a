"""The build role loses each of its actions, and the build repository's own command fails."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.laboratory.trials.project import TrialProject
from tests.rehearsed.permissions.build_program import BuildProgram
from tests.rehearsed.permissions.checkout import Checkout
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.pipeline import Pipeline

_WHILE_LIVE = "a build fails while a version is live"


@tried("build", but=_WHILE_LIVE)
def test_a_build_fails_and_names_what_its_role_lacks(
    without: Without, build: BuildProgram, pipeline: Pipeline, seen: str, action: str
) -> None:
    assert seen == "the first build fails"
    pipeline.remove()
    with without("build", action):
        done = build.run()
    assert build.run().exit_code == 0, "with the action it goes through"
    pipeline.await_newest()
    assert done.exit_code == 1
    assert f"is not authorized to perform: {action} " in done.output


@pytest.fixture
def live(project: TrialProject, pipeline: Pipeline) -> Iterator[str]:
    """A version that the dispatch function would name after a deployment."""
    dynamodb = project.lane.administrator("dynamodb")
    sagemaker = project.lane.administrator("sagemaker")
    listed = sagemaker.list_model_packages(ModelPackageGroupName=pipeline.name)
    arn = str(listed["ModelPackageSummaryList"][0]["ModelPackageArn"])
    key = {"ClaimId": {"S": names.live_item(pipeline.name)}}
    item = {**key, "Live": {"S": arn}, "Revision": {"N": "1"}}
    dynamodb.put_item(TableName=names.APPROVAL_TABLE, Item=item)
    yield arn
    dynamodb.delete_item(TableName=names.APPROVAL_TABLE, Key=key)


@tried("build", but="the first build fails")
def test_a_build_is_compared_with_the_live_version_if_its_role_may_look_it_up(
    without: Without,
    build: BuildProgram,
    project: TrialProject,
    pipeline: Pipeline,
    live: str,
    seen: str,
    action: str,
) -> None:
    assert seen == _WHILE_LIVE
    with without("build", action):
        done = build.run()
    assert done.exit_code == 1
    assert f"is not authorized to perform: {action} " in done.output
    assert "update the project's stack, or start without a comparison" in done.output
    assert build.run().exit_code == 0
    assert pipeline.await_newest().status == "Succeeded"
    compared = _newest_report(project, pipeline)["comparison"]
    assert (compared["live"], compared["verdict"], compared["overlap"]) == (live, "same", 0)


@pytest.fixture
def unchanged(project: TrialProject, pipeline: Pipeline) -> Iterator[None]:
    """The pipeline has its definition again afterwards, whatever a test makes of it."""
    sagemaker = project.lane.administrator("sagemaker")
    known = sagemaker.describe_pipeline(PipelineName=pipeline.name)
    yield
    kept = {key: known[key] for key in ("PipelineName", "PipelineDefinition", "RoleArn")}
    sagemaker.update_pipeline(**kept)


@pytest.mark.usefixtures("live", "unchanged")
def test_a_version_that_is_not_so_much_better_is_refused_with_both_numbers(
    checkouts: dict[str, Checkout], pipeline: Pipeline
) -> None:
    checkout = checkouts["build"]
    shipped = (checkout.folder / "pipeline.toml").read_text(encoding="utf-8")
    asking = shipped.replace("# better_than_live_by = 0.1", "better_than_live_by = 0.1")
    (checkout.folder / "asking.toml").write_text(asking, encoding="utf-8")
    done = checkout.run(".venv/bin/run-pipeline", "--settings-file", "asking.toml")
    assert done.exit_code == 0, done.output
    ended = pipeline.await_newest()
    assert ended.status == "Failed"
    said = r"Not registered: mean squared error (\S+) is not 0.1 better than the live version's \1"
    assert re.fullmatch(said, ended.reasons)


def _newest_report(project: TrialProject, pipeline: Pipeline) -> dict[str, Any]:
    sagemaker, s3 = (project.lane.administrator(service) for service in ("sagemaker", "s3"))
    listed = sagemaker.list_model_packages(
        ModelPackageGroupName=pipeline.name, SortBy="CreationTime", SortOrder="Descending"
    )
    newest = listed["ModelPackageSummaryList"][0]["ModelPackageArn"]
    described = sagemaker.describe_model_package(ModelPackageName=newest)
    uri = described["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    report: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return report
