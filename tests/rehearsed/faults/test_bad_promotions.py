"""What must not be deployed is refused in one sentence, by the real workflows, and changes nothing.

What is cut off in the middle, or was left in the middle, has a way out in the same workflows.

One project with its model in `dev` and `staging`; the tests are played in this order.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.conductor.acts import stage_accounts
from rehearsal.conductor.acts.deployments import wait_for_record
from rehearsal.conductor.aws_accounts import STAGE_ACCOUNTS
from rehearsal.conductor.waiting import look_until_found
from tests.rehearsed.faults.promotions import DEV, STAGING, Promotions

pytestmark = [pytest.mark.proof("promotions"), pytest.mark.timeout(900)]
ROOT = Path(__file__).resolve().parents[3]
UNKNOWN_KEY = {**DEV, "serving": {"mode": "serverless", "memory": 2048}}
LONELY_CANARY = {
    **STAGING,
    "serving": {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 1},
    "deployment": {"policy": "canary"},
}
ON_INSTANCES = {
    **DEV,
    "serving": {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 1},
}
STAGE_ACCOUNT = STAGE_ACCOUNTS[0]
NOT_LISTED = (
    "config/stages.yml has no stage 'staging'; add it or choose one of: dev; if it still serves a "
    "model, the workflow Remove endpoint takes that away."
)


@pytest.fixture(scope="module")
def promotions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Promotions]:
    """The project, each time with the settings that serve."""
    made = Promotions.begin(ROOT, tmp_path_factory.mktemp("promotions") / "state")
    yield made
    made.play.world.stop()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (
            (UNKNOWN_KEY, STAGING),
            "config/stages.yml: stage dev: serving.memory is not a known setting; remove it or use "
            "one of: max_concurrency, memory_mib, mode.",
        ),
        (
            (DEV, LONELY_CANARY),
            "config/stages.yml: stage staging: deployment.policy is canary, which moves at most "
            "half of the instances at a time, but serving.instance_count is 1; give 2 or more or "
            "write all_at_once.",
        ),
    ],
    ids=["an unknown key", "a canary with one instance"],
)
def test_wrong_settings(
    promotions: Promotions, wrong: tuple[dict[str, Any], ...], sentence: str
) -> None:
    with promotions.untouched(), promotions.settings(*wrong):
        refusal = promotions.deploy("dev", promotions.arn)
    assert refusal.log.count(f"error: {sentence}") == 1
    promotions.await_record(promotions.arn, "dev", f"{sentence} {refusal.url}")


def test_a_deleted_version(promotions: Promotions) -> None:
    arn = promotions.copy()
    promotions.client("sagemaker").delete_model_package(ModelPackageName=arn)
    with promotions.untouched():
        refusal = promotions.deploy("dev", arn)
    sentence = (
        f"{arn} is not in the model registry, since it was deleted or never registered; give an "
        "approved version."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    assert "Reported: failed in dev." in refusal.log


def test_a_changed_artifact(promotions: Promotions) -> None:
    bucket, _, key = promotions.artifact.removeprefix("s3://").partition("/")
    changed = f"{key.rpartition('/')[0]}/changed/model.tar.gz"
    s3 = promotions.client("s3")
    s3.copy_object(Bucket=bucket, Key=changed, CopySource={"Bucket": bucket, "Key": key})
    arn = promotions.copy(f"s3://{bucket}/{changed}")
    s3.put_object(Bucket=bucket, Key=changed, Body=b"another model")
    with promotions.untouched():
        refusal = promotions.ended(
            lambda: promotions.decide(arn, "Approved"), f"Deploy {arn} to dev"
        )
    true = promotions.play.facts["provenance"]["model_sha256"]
    sentence = (
        f"s3://{bucket}/{changed} is not the artifact that was evaluated (its SHA-256 begins with "
        f"93dc44381b52, expected {true[:12]}); reject {arn} and build the model again."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    promotions.await_record(arn, "dev", f"{sentence} {refusal.url}")
    promotions.decide(arn, "Rejected")


def test_a_deleted_artifact(promotions: Promotions) -> None:
    bucket, _, key = promotions.artifact.removeprefix("s3://").partition("/")
    deleted = f"{key.rpartition('/')[0]}/deleted/model.tar.gz"
    s3 = promotions.client("s3")
    s3.copy_object(Bucket=bucket, Key=deleted, CopySource={"Bucket": bucket, "Key": key})
    arn = promotions.copy(f"s3://{bucket}/{deleted}")
    s3.delete_object(Bucket=bucket, Key=deleted)
    with promotions.untouched():
        refusal = promotions.ended(
            lambda: promotions.decide(arn, "Approved"), f"Deploy {arn} to dev"
        )
    (sentence,) = re.findall(
        rf"error: (s3://{bucket}/{deleted} was deleted, or this role may not read it "
        rf"\(AccessDenied: [^\n]*s3:ListBucket[^\n]*\); restore it, or build the model again\.)",
        refusal.log,
    )
    promotions.await_record(arn, "dev", f"{sentence} {refusal.url}")
    promotions.decide(arn, "Rejected")


def test_a_version_of_another_project(promotions: Promotions) -> None:
    group = promotions.arn.split("/")[1]
    arn = promotions.arn.replace(group, "abalone-rings-p-000000000000")
    with promotions.untouched():
        refusal = promotions.deploy("dev", arn)
    sentence = (
        f"{arn} belongs to group abalone-rings-p-000000000000, but this project's group is "
        f"{group}; give one of its versions."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    assert "Reported: failed in dev." in refusal.log


@pytest.mark.parametrize("account", [STAGE_ACCOUNT, "999988887777"], ids=["bare", "none"])
def test_an_account_that_lets_nobody_in(promotions: Promotions, account: str) -> None:
    with promotions.untouched(), promotions.settings(DEV, {**STAGING, "account": account}):
        refusal = promotions.deploy("staging", promotions.arn)
    role = f"arn:aws:iam::{account}:role/mlops-{promotions.project_id}-deploy-staging"
    sentence = (
        f"The role {role} does not let this workflow in; make the stack of its account with make "
        "account STAGE=staging, as README.md says, then run this again."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    promotions.await_record(promotions.arn, "staging", f"{sentence} {refusal.url}")


def test_an_account_that_the_project_does_not_let_in(promotions: Promotions) -> None:
    play = replace(
        promotions.play, options=replace(promotions.play.options, accounts=(STAGE_ACCOUNT,))
    )
    with promotions.untouched(), promotions.settings(DEV, {**STAGING, "account": STAGE_ACCOUNT}):
        stage_accounts.perform(play)
        refusal = promotions.deploy("staging", promotions.arn)
        stage_accounts.remove_account_stacks(play)
    sentence = (
        f"Account {STAGE_ACCOUNT} may not use the models of this project; add it to StageAccounts "
        "when you update the project in Studio, bring its stack up to date with `make account`, "
        "and run this again."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    promotions.await_record(promotions.arn, "staging", f"{sentence} {refusal.url}")
    assert (
        not play.user_of("staging")
        .client("cloudformation")
        .list_stacks(StackStatusFilter=["CREATE_COMPLETE"])["StackSummaries"]
    )


def test_a_run_that_a_person_cancels(promotions: Promotions) -> None:
    """It goes nowhere from there, and what it left serving is taken back when it is rejected."""
    version = promotions.copy()
    title = f"Deploy {version} to dev"
    promotions.decide(version, "Approved")
    run = promotions.run_in_step(title, "Deploy the endpoint")
    promotions.await_change("dev")
    run.cancel()
    cut = promotions.ended(lambda: None, title, "cancelled", again=True)
    assert "has its earlier version" not in cut.log
    assert "Reported: cancelled in dev." in cut.log
    (served,) = re.findall(r"Endpoint abalone-rings-dev serves (arn\S+)\.", cut.log)
    wait_for_record(promotions.play, version, "dev", "cancelled")
    life = promotions.life_cycle(version)
    assert life["StageStatus"] == "Cancelled"
    assert f"The run was cancelled. dev serves {served}." in life["StageDescription"]
    promotions.settle("dev")
    assert promotions.outputs("dev")["ModelPackageArn"] == version
    if served == version:
        promotions.ended(
            lambda: promotions.decide(version, "Rejected"),
            f"Deploy {promotions.arn} to dev instead of {version}",
            "success",
        )
    else:
        promotions.decide(version, "Rejected")
        promotions.deploy("dev", promotions.arn, "success")
    assert promotions.outputs("dev")["ModelPackageArn"] == promotions.arn


def test_a_rollback_that_got_stuck(promotions: Promotions) -> None:
    promotions.get_stuck("dev")
    done = promotions.deploy("dev", promotions.arn, "success")
    assert "was not rolled back to its end; going on." in done.log
    assert promotions.stack("dev")["StackStatus"] in ("UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE")


def test_what_a_stage_cannot_take_back_is_said_before(promotions: Promotions) -> None:
    with promotions.settings(ON_INSTANCES, STAGING):
        done = promotions.deploy("dev", promotions.arn, "success")
    assert "Stage dev goes from serverless to instances, which SageMaker does not take" in done.log
    with promotions.untouched():
        refusal = promotions.deploy("dev", promotions.arn)
    sentence = (
        "Stage dev serves from instances, and SageMaker makes no such endpoint serverless; take it "
        "away with the workflow Remove endpoint and run this again, or write mode: realtime in "
        "config/stages.yml."
    )
    assert refusal.log.count(f"error: {sentence}") == 1
    promotions.ended(
        lambda: promotions.dispatch("destroy.yml", stage="dev"), "Remove dev", "success"
    )
    promotions.deploy("dev", promotions.arn, "success")


def test_a_stage_that_is_no_longer_listed(promotions: Promotions) -> None:
    with promotions.settings(DEV):
        _deployments_to_it_are_refused(promotions)
        _what_it_serves_is_left_to_people(promotions)
        _it_can_be_removed(promotions)


def _deployments_to_it_are_refused(promotions: Promotions) -> None:
    with promotions.untouched():
        refusal = promotions.deploy("staging", promotions.arn)
    assert refusal.log.count(f"error: {NOT_LISTED}") == 1
    promotions.await_record(promotions.arn, "staging", f"{NOT_LISTED} {refusal.url}")


def _what_it_serves_is_left_to_people(promotions: Promotions) -> None:
    """Reject what it serves, while another version serves in dev."""
    other = promotions.copy()
    promotions.ended(
        lambda: promotions.decide(other, "Approved"), f"Deploy {other} to dev", "success"
    )
    wait_for_record(promotions.play, other, "dev")
    with promotions.untouched():
        promotions.decide(promotions.arn, "Rejected")
        told = look_until_found(lambda: promotions.shown("staging-attention"), seconds=60)
    assert told is not None
    assert f"staging serves {promotions.arn} which is not approved any more" in " ".join(
        told.replace("  ", " ").split()
    )


def _it_can_be_removed(promotions: Promotions) -> None:
    before = promotions.stack("dev")
    promotions.ended(
        lambda: promotions.dispatch("destroy.yml", stage="staging"), "Remove staging", "success"
    )
    assert promotions.stack("staging") == {}
    assert promotions.stack("dev") == before
    wait_for_record(promotions.play, promotions.arn, "staging", "removed")
