"""Whatever ends a deployment, the stage serves what it should, and the report says what it serves.

The steps of deploy.yml with the repository's own commands, against an account in memory: each way
to end, each kind of deployment, in the project's account and in another; and a cancellation in each
step.
"""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
import yaml

from deploy_endpoint.commands import stage_stack
from deploy_endpoint.stack import served_endpoint
from tests.seed.deploy_app.deployment_run import DeploymentRun
from tests.seed.deploy_app.stage_aws import StageAws

from .conftest import ARN, CONFIGURATION, SEED

OLD, OLDER = ARN, ARN.replace("/1", "/2")
NEW = ARN.replace("/1", "/3")
DEPLOY, DESTROY = (SEED / ".github/workflows" / name for name in ("deploy.yml", "destroy.yml"))


def steps_of(workflow: Path) -> list[str]:
    (job,) = yaml.safe_load(workflow.read_text("utf-8"))["jobs"].values()
    return [step["name"] for step in job["steps"]]


ELSEWHERE = {
    "OIDC_ISSUER": "token.actions.githubusercontent.com",
    "REPOSITORY_ID": "2",
    "SUB_CLAIM_PREFIX": "repo:octo@1/demo-deploy@2",
    "SUB_CLAIM_PROD": "repo:octo@1/demo-deploy@2:environment:prod",
}
ACCOUNT = "222233334444"
STAGES = {"dev": "", "prod": f"arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdefghijkl-deploy-prod"}
FIRST = "first"  # nothing was served before
KINDS = (FIRST, "update", "restoration")
_REALTIME = {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 2}


@pytest.fixture
def aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StageAws:
    """The account; the working folder holds the settings of the project and of two stages."""
    configuration = {**CONFIGURATION, **ELSEWHERE}
    lines = [f"{name}={value}\n" for name, value in configuration.items()]
    (tmp_path / "project.env").write_text("".join(lines), encoding="utf-8")
    (tmp_path / "config").mkdir()
    records = {"records": ["a", "b"], "predictions": [9.5, 7.25]}
    digests = {"model_sha256": "e" * 64, "data_sha256": "d" * 64}
    report = {"regression_metrics": {}, "provenance": digests, "sample": records}
    (tmp_path / "evaluation.json").write_text(json.dumps(report), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("MODEL_PACKAGE_ARN", "STAGE", "INSTEAD_OF", "GITHUB_STEP_SUMMARY"):
        monkeypatch.setenv(name, "")
    for name in ("REQUESTED_ARN", "STALE", "DEPLOYED", "TESTED", "RESTORED", "REASON"):
        monkeypatch.setenv(name, "")
    for name in ("JOB_STATUS", "SERVES", "GITHUB_TOKEN", "ROLE", "TOUCHED", "LOOKED", "REMOVED"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.test")
    monkeypatch.setenv("GITHUB_REPOSITORY", "octo/demo-deploy")
    monkeypatch.setenv("GITHUB_RUN_ID", "1")
    return StageAws()


@pytest.fixture
def reports(aws: StageAws, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the project's account was told."""
    told: list[dict[str, Any]] = []

    def put_events(**asked: Any) -> dict[str, Any]:
        told.append(json.loads(asked["Entries"][0]["Detail"]))
        return {"FailedEntryCount": 0}

    events = SimpleNamespace(put_events=put_events)
    monkeypatch.setattr(boto3, "client", lambda name, **_: events if name == "events" else aws)
    return told


Play = Callable[..., DeploymentRun]


@pytest.fixture
def play(aws: StageAws, reports: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> Play:
    """Plays a run for a stage that serves what its kind of deployment finds."""
    main = runpy.run_path(str(SEED / "vendor/__main__.py"))["main"]
    start = stage_stack.StageStack.__init__
    monkeypatch.setattr(start, "__defaults__", (aws.clock, aws.sleep))
    time = {"clock": aws.clock, "sleep": aws.sleep}
    monkeypatch.setattr(served_endpoint.wait_until_serves, "__kwdefaults__", time)

    def run(
        kind: str,
        stage: str,
        *,
        mode: str = "realtime",
        was: str = "realtime",
        workflow: Path = DEPLOY,
        only_look: bool = False,
    ) -> DeploymentRun:
        serving = _REALTIME if mode == "realtime" else {"mode": mode}
        listed = [
            {"name": "dev", "approval": "automatic", "serving": serving},
            {"name": "prod", "approval": "registry", "serving": serving, "account": ACCOUNT},
        ]
        Path("config/stages.yml").write_text(yaml.safe_dump({"stages": listed}), "utf-8")
        if kind != FIRST and aws.stack is None:
            aws.begin_with(OLD, serverless=was == "serverless")
        arn = OLDER if kind == "restoration" else NEW
        instead_of = OLD if kind == "restoration" else ""
        inputs: dict[str, Any] = {
            "stage": stage,
            "model_package_arn": arn,
            "instead_of": instead_of,
        }
        inputs["only_look"] = only_look
        return DeploymentRun(
            *(workflow, aws, main, inputs, STAGES[stage]), serverless=mode == "serverless"
        )

    return run


@pytest.mark.parametrize(("kind", "stage"), list(product(KINDS, STAGES)))
@pytest.mark.parametrize(
    ("ends", "first", "later"),
    [
        (["success"], "deployed", "deployed"),
        (["told"], "rolled_back", "rolled_back"),
        (["unfit"], "rolled_back", "rolled_back"),
        (["expired"], "rolled_back", "rolled_back"),
        (["stuck"], "rolled_back", "rolled_back"),
        (["stuck", "stuck"], "rolled_back", "failed"),
        # What CloudFormation took for done it has cleaned up, so nothing goes back by an update.
        (["silent"], "rolled_back", "failed"),
    ],
    ids=["success", "alarm", "unfit", "expired", "stuck", "stuck for good", "silent"],
)
def test_each_end(
    play: Play,
    aws: StageAws,
    reports: list[dict[str, Any]],
    kind: str,
    stage: str,
    ends: list[str],
    first: str,
    later: str,
) -> None:
    run = play(kind, stage)
    wanted = run.inputs["model_package_arn"]
    if ends == ["unfit"]:
        aws.unfit = wanted
    elif ends == ["expired"]:
        aws.seconds, aws.unfit = 4200.0, wanted
    else:
        aws.ends = list(ends)
    run.play()
    (told,) = reports
    outcome = first if kind == FIRST else later
    served = wanted if outcome == "deployed" else "" if kind == FIRST else OLD
    assert (told["outcome"], told["modelPackageArn"]) == (outcome, wanted)
    assert (told["serves"], aws.serves) == (served, served)
    assert bool(told["reason"]) == (outcome != "deployed")
    assert run.account == "project"
    assert not told["untouched"]
    assert (told["next"] is not None) == (outcome == "deployed" and stage == "dev")
    if outcome == "rolled_back" and "update_stack" in aws.writes[1:]:
        assert aws.stack is not None
        assert "DeploymentConfig" not in json.dumps(aws.stack["template"])


@pytest.mark.parametrize("name", steps_of(DEPLOY))
@pytest.mark.parametrize(("kind", "stage"), list(product(KINDS, STAGES)))
def test_a_cancelled_run_starts_nothing_and_says_what_serves(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], kind: str, stage: str, name: str
) -> None:
    run = play(kind, stage)
    run.play(cancelled_in=name)
    writes = [] if "Deploy the endpoint" not in run.began else [*aws.writes[:1]]
    assert aws.writes == writes
    assert "Go back to what the stage served before" not in run.began
    if name not in run.began or name == "Report how it ended":
        return  # it is for another way to end, or for another account
    is_known = "Find the roles of the stage" in run.began
    assert len(reports) == is_known
    for told in reports:
        tested = "Compare the endpoint's predictions with the pipeline's"
        is_done = tested in run.began and name != tested
        assert told["outcome"] == ("deployed" if is_done else "cancelled")
        assert told["next"] is None
        assert ("cancelled" in told["reason"]) != is_done
        looked = "Keep what the stage serves now" in run.began
        assert told["serves"] == (aws.serves if looked else None)
        assert told["untouched"] == (aws.writes == [])


@pytest.mark.parametrize(("kind", "stage"), list(product(KINDS[1:], STAGES)))
@pytest.mark.parametrize("again", [False, True])
def test_a_rollback_that_got_stuck_before_is_gone_on_with(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], kind: str, stage: str, again: bool
) -> None:
    run = play(kind, stage)
    assert aws.stack is not None
    aws.stack["StackStatus"] = "UPDATE_ROLLBACK_FAILED"
    aws.ends = ["stuck"] if again else []
    run.play()
    (told,) = reports
    assert aws.writes == ["continue_update_rollback", *(() if again else ("update_stack",))]
    assert told["outcome"] == ("failed" if again else "deployed")
    assert not told["untouched"]
    assert told["serves"] == aws.serves
    if again:
        assert "cannot be rolled back (Endpoint: the alarm went off); mend" in told["reason"]
        assert aws.serves == OLD


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_waits_for_what_a_cancelled_one_began(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str
) -> None:
    play("update", stage).play(cancelled_in="Deploy the endpoint")
    assert aws.is_changing
    run = play("update", stage)
    run.inputs["model_package_arn"] = OLDER
    run.play()
    assert [told["outcome"] for told in reports] == ["cancelled", "deployed"]
    assert aws.serves == OLDER


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_no_longer_served_is_not_replaced(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str
) -> None:
    aws.begin_with(NEW)
    play("restoration", stage).play()
    assert aws.writes == []
    (told,) = reports
    assert (told["outcome"], told["serves"], told["untouched"]) == ("skipped", NEW, True)


@pytest.mark.parametrize("stage", STAGES)
def test_instances_never_become_serverless(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str
) -> None:
    play("update", stage, mode="serverless").play()
    assert aws.writes == []
    assert (reports[0]["outcome"], reports[0]["untouched"]) == ("failed", True)
    assert reports[0]["reason"].startswith(
        f"Stage {stage} serves from instances, and SageMaker makes no such endpoint serverless; "
        "take it away with the workflow Remove endpoint and run this again, or write"
    )


@pytest.mark.parametrize("stage", STAGES)
def test_a_serverless_endpoint_that_got_instances_comes_back_anew(
    play: Play,
    aws: StageAws,
    reports: list[dict[str, Any]],
    stage: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = play("update", stage, was="serverless")
    aws.unfit = NEW
    run.play()
    said = capsys.readouterr().out
    warning = f"::warning::Stage {stage} goes from serverless to instances, which SageMaker does"
    assert said.count(warning) == 1
    assert aws.writes == ["update_stack", "delete_stack", "create_stack"]
    assert (reports[0]["outcome"], reports[0]["serves"], aws.serves) == ("rolled_back", OLD, OLD)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("status", ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_FAILED"])
def test_a_removal_takes_a_stuck_stack_too(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str, status: str
) -> None:
    run = play("restoration", stage, workflow=DESTROY)
    assert aws.stack is not None
    aws.stack["StackStatus"] = status
    run.play()
    assert (aws.writes, aws.serves) == (["delete_stack"], "")
    assert (reports[0]["outcome"], reports[0]["modelPackageArn"]) == ("removed", OLD)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", steps_of(DESTROY))
def test_a_cancelled_removal_says_what_serves(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str, name: str
) -> None:
    run = play("restoration", stage, workflow=DESTROY)
    run.play(cancelled_in=name)
    if name not in run.began or name == "Report how it ended":
        return
    for told in reports:
        is_done = "delete_stack" in aws.writes
        assert told["outcome"] == ("removed" if is_done else "cancelled")
        signed_in = "Remove the endpoint" in run.began
        assert told["serves"] == (aws.serves if signed_in else None)
        assert told["untouched"] != (is_done or name == "Remove the endpoint")


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("kind", [FIRST, "update"])
def test_a_look_changes_nothing_and_says_what_serves(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], kind: str, stage: str
) -> None:
    play(kind, stage, workflow=DESTROY, only_look=True).play()
    assert aws.writes == []
    (told,) = reports
    seen = (told["outcome"], told["modelPackageArn"], told["serves"], told["untouched"])
    assert seen == ("looked", aws.serves, aws.serves, True)


@pytest.mark.parametrize("stage", STAGES)
def test_a_look_waits_for_what_a_cancelled_run_began(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str
) -> None:
    play("update", stage).play(cancelled_in="Deploy the endpoint")
    began = list(aws.writes)
    assert aws.is_changing
    play("update", stage, workflow=DESTROY, only_look=True).play()
    assert (aws.is_changing, aws.writes) == (False, began)
    assert (reports[-1]["outcome"], reports[-1]["serves"], aws.serves) == ("looked", NEW, NEW)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("name", steps_of(DESTROY))
def test_a_look_that_somebody_cancels_changes_nothing(
    play: Play, aws: StageAws, reports: list[dict[str, Any]], stage: str, name: str
) -> None:
    run = play("update", stage, workflow=DESTROY, only_look=True)
    run.play(cancelled_in=name)
    assert aws.writes == []
    assert "Remove the endpoint" not in run.began
    assert all(told["untouched"] for told in reports)
    assert {told["outcome"] for told in reports} <= {"looked", "cancelled"}


@pytest.mark.parametrize("stage", STAGES)
def test_a_look_that_cannot_tell_what_serves_fails(
    play: Play,
    aws: StageAws,
    reports: list[dict[str, Any]],
    stage: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run = play("update", stage, workflow=DESTROY, only_look=True)
    aws.config = "made by hand"
    run.play()
    assert (run.status, aws.writes) == ("failure", [])
    (told,) = reports
    assert (told["outcome"], told["untouched"], told["serves"]) == ("failed", True, None)
    assert run.steps["only"]["outputs"]["reason"].startswith(
        f"Endpoint demo-{stage} serves what stack mlops-p-abcdefghijkl-{stage} does not name; depl"
    )
