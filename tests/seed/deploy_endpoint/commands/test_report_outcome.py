"""What is reported of a run, and what if the report does not arrive."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import boto3
import pytest

from deploy_endpoint import github_run
from deploy_endpoint.commands.report_outcome import detail, is_untouched, outcome, send
from deploy_endpoint.errors import AwsCallError, ReportError
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.serving_settings import Serverless
from deploy_endpoint.settings.stage import StageSettings

from ..conftest import ARN, GROUP, Stub, run_command

NOON = datetime(2026, 11, 1, 13, 0, 0, 123_999, timezone(timedelta(hours=1)))
SOURCE = "mlops-sm-project.p-abcdef123456.dev"
RUN = {
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "octo/demo-deploy",
    "GITHUB_RUN_ID": "42",
    "GITHUB_RUN_ATTEMPT": "3",
    "GITHUB_SHA": "c" * 40,
}
IN_A_RUN = pytest.mark.usefixtures("in_a_run")
STAGING = "  - name: staging\n    approval: registry\n    serving:\n      mode: serverless\n"


@pytest.fixture
def in_a_run(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment that GitHub gives to a job."""
    for name, value in RUN.items():
        monkeypatch.setenv(name, value)


def stage(name: str, approval: str) -> StageSettings:
    serving = Serverless(mode="serverless")
    return StageSettings.model_validate({"name": name, "approval": approval, "serving": serving})


@pytest.mark.parametrize(
    ("deployed", "tested", "restored", "expected"),
    [
        ("success", "success", "skipped", "deployed"),
        ("failure", "skipped", "success", "rolled_back"),
        ("success", "failure", "success", "rolled_back"),
        ("failure", "skipped", "failure", "failed"),
        ("success", "failure", "failure", "failed"),
        ("skipped", "skipped", "skipped", "failed"),
        ("success", "cancelled", "skipped", "failed"),
        ("", "", "", "failed"),
    ],
)
def test_the_steps_of_a_deployment_tell_its_outcome(
    deployed: str, tested: str, restored: str, expected: str
) -> None:
    steps = {"DEPLOYED": deployed, "TESTED": tested, "RESTORED": restored}
    assert outcome(steps) == expected
    assert outcome(steps | {"STALE": "true"}) == "skipped"


@pytest.mark.parametrize(
    ("removed", "stale", "expected"),
    [
        ("success", "", "removed"),
        ("failure", "", "failed"),
        ("skipped", "", "failed"),
        ("success", "true", "skipped"),
    ],
)
def test_the_step_of_a_removal_tells_its_outcome(removed: str, stale: str, expected: str) -> None:
    assert outcome({"REMOVED": removed, "STALE": stale}) == expected


@pytest.mark.parametrize(
    ("looked", "expected"),
    [("success", "looked"), ("failure", "failed"), ("cancelled", "failed"), ("", "failed")],
)
def test_the_step_of_a_look_tells_its_outcome(looked: str, expected: str) -> None:
    assert outcome({"LOOKED": looked, "REMOVED": "skipped"}) == expected


@pytest.mark.parametrize(
    ("steps", "untouched"),
    [
        ({}, True),
        ({"DEPLOYED": "skipped", "TESTED": "skipped"}, True),
        ({"DEPLOYED": "skipped", "TOUCHED": "true"}, False),
        ({"DEPLOYED": "success"}, False),
        ({"DEPLOYED": "failure", "RESTORED": "success"}, False),
        ({"DEPLOYED": "cancelled"}, False),
        ({"REMOVED": "skipped"}, True),
        ({"REMOVED": "failure", "TOUCHED": "true"}, False),
        ({"REMOVED": "cancelled"}, False),
        ({"REMOVED": "success"}, False),
        ({"REMOVED": "success", "STALE": "true"}, True),
        ({"LOOKED": "success", "REMOVED": "skipped"}, True),
        ({"LOOKED": "failure", "REMOVED": "skipped"}, True),
    ],
)
@pytest.mark.parametrize("status", ["success", "failure", "cancelled"])
def test_what_ended_before_its_first_change_left_the_stage_untouched(
    steps: dict[str, str], status: str, *, untouched: bool
) -> None:
    assert is_untouched(steps | {"JOB_STATUS": status}) is untouched


@pytest.mark.parametrize(("status", "untouched"), [("failure", True), ("cancelled", False)])
def test_a_removal_that_was_cut_off_may_have_changed_the_stage(
    status: str, *, untouched: bool
) -> None:
    assert is_untouched({"REMOVED": "failure", "JOB_STATUS": status}) is untouched


def test_a_report_tells_everything(project: ProjectSettings) -> None:
    environment = {
        **RUN,
        "MODEL_PACKAGE_ARN": ARN,
        "REQUESTED_ARN": "",
        "DEPLOYED": "success",
        "TESTED": "success",
        "INSTEAD_OF": ARN.replace("/7", "/8"),
        "APPROVED_BY": "eve",
        "PROVENANCE_APPROVED_BY": "eve",
        "PROVENANCE_MODEL_SHA256": "e" * 64,
        "PROVENANCE_DATA_SHA256": "d" * 64,
    }
    following = stage("prod", "registry")
    assert detail(project, "staging", following, environment, NOON, "github:ana") == {
        "modelPackageGroupName": GROUP,
        "modelPackageArn": ARN,
        "stage": "staging",
        "outcome": "deployed",
        "at": "2026-11-01T12:00:00.123Z",
        "reason": "",
        "serves": ARN,
        "untouched": False,
        "configuration": "c" * 40,
        "runAttempt": 3,
        "runUrl": "https://github.test/octo/demo-deploy/actions/runs/42",
        "insteadOf": ARN.replace("/7", "/8"),
        "approvedBy": "github:ana",
        "modelSha256": "e" * 64,
        "dataSha256": "d" * 64,
        "next": {"stage": "prod", "approval": "registry"},
    }


def test_of_a_refused_version_the_request_is_reported(project: ProjectSettings) -> None:
    environment = {"REQUESTED_ARN": ARN, "REASON": "It is Rejected."}
    told = detail(project, "dev", None, environment, NOON)
    assert told["modelPackageArn"] == ARN
    assert (told["outcome"], told["reason"]) == ("failed", "It is Rejected.")
    unknown = ("runUrl", "insteadOf", "approvedBy", "modelSha256", "dataSha256", "next")
    assert not any(told[member] for member in unknown)
    assert (told["runAttempt"], told["untouched"]) == (1, True)
    assert "configuration" not in told


def entry(told: dict[str, Any]) -> dict[str, Any]:
    entry = {"Source": SOURCE, "DetailType": "Stage Deployment Report", "Detail": json.dumps(told)}
    return {"Entries": [entry]}


def test_an_event_that_was_not_taken_is_told(stub: Stub) -> None:
    events, stubber = stub("events")
    answer = {
        "FailedEntryCount": 1,
        "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "try later"}],
    }
    stubber.add_response("put_events", answer, entry({"stage": "dev"}))
    with pytest.raises(ReportError, match=r"did not take the report of this run \(try later\); ru"):
        send(events, SOURCE, {"stage": "dev"})


def test_a_source_that_the_role_may_not_use_is_told(stub: Stub) -> None:
    events, stubber = stub("events")
    stubber.add_client_error("put_events", "AccessDeniedException", "Not you.")
    with pytest.raises(AwsCallError, match=f"^AWS refused to report as {SOURCE}: AccessDenied"):
        send(events, SOURCE, {})


@IN_A_RUN
def test_the_command_reports_with_the_stage_that_follows(
    repository: Path,
    stub: Stub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = repository / "config" / "stages.yml"
    file.write_text(file.read_text() + STAGING)
    events, stubber = stub("events")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: events)
    for key, value in {
        "MODEL_PACKAGE_ARN": ARN,
        "DEPLOYED": "success",
        "TESTED": "success",
    }.items():
        monkeypatch.setenv(key, value)
    sent: list[dict[str, Any]] = []
    events.meta.events.register(
        "provide-client-params.events.PutEvents", lambda params, **_: sent.append(params)
    )
    stubber.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    run_command("report_outcome")
    assert capsys.readouterr().out == "Reported: deployed in dev.\n"
    (told,) = sent[0]["Entries"]
    assert (told["Source"], told["DetailType"]) == (SOURCE, "Stage Deployment Report")
    following = {"stage": "staging", "approval": "registry"}
    assert json.loads(told["Detail"])["next"] == following


Sent = list[dict[str, Any]]


@pytest.fixture
def sent(in_a_run: None, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What EventBridge took of one report."""
    events, stubber = stub("events")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: events)
    told: Sent = []
    events.meta.events.register(
        "provide-client-params.events.PutEvents",
        lambda params, **_: told.append(json.loads(params["Entries"][0]["Detail"])),
    )
    stubber.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    return told


@pytest.mark.parametrize(("serves", "arn"), [(ARN, ARN), ("nothing", "")])
def test_what_was_seen_is_reported_even_if_it_is_nothing(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, serves: str, arn: str
) -> None:
    for name, value in {"LOOKED": "success", "REMOVED": "skipped", "SERVES": serves}.items():
        monkeypatch.setenv(name, value)
    run_command("report_outcome")
    (told,) = sent
    assert (told["outcome"], told["modelPackageArn"], told["serves"]) == ("looked", arn, arn)
    assert told["untouched"]
    assert told["next"] is None


def test_only_github_tells_who_let_a_run_in(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = {"MODEL_PACKAGE_ARN": ARN, "APPROVED_BY": "eve", "PROVENANCE_APPROVED_BY": "eve"}
    for name, value in typed.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(github_run, "approvers", lambda _: "github:bob")
    run_command("report_outcome")
    assert sent[0]["approvedBy"] == "github:bob"


@IN_A_RUN
@pytest.mark.parametrize("settings", ["stages: wrong", "stages: []"])
def test_what_refused_the_settings_is_reported_all_the_same(
    repository: Path,
    stub: Stub,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    settings: str,
) -> None:
    (repository / "config" / "stages.yml").write_text(settings)
    events, stubber = stub("events")
    monkeypatch.setattr(boto3, "client", lambda *_, **__: events)
    monkeypatch.setenv("REQUESTED_ARN", ARN)
    stubber.add_response("put_events", {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})
    run_command("report_outcome", "--stage", "prod")
    assert capsys.readouterr().out == "Reported: failed in prod.\n"


@pytest.mark.usefixtures("repository")
def test_outside_of_a_run_nothing_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {"MODEL_PACKAGE_ARN": ARN, "DEPLOYED": "success"}.items():
        monkeypatch.setenv(name, value)
    run_command("report_outcome")
    assert capsys.readouterr().out == (
        "A report is believed only of a run that GitHub knows, and this is none; start the "
        "workflow Remove endpoint with only_look for dev, which reports what it serves.\n"
    )


@pytest.mark.parametrize("arn", ["", "arn:foo", ARN.replace(GROUP, "Other-p-000000000000")])
def test_a_run_that_chose_no_version_of_the_project_is_reported_as_such(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, arn: str
) -> None:
    monkeypatch.setenv("REQUESTED_ARN", arn)
    run_command("report_outcome")
    (told,) = sent
    assert (told["outcome"], told["modelPackageArn"], told["serves"]) == ("failed", "", None)
    assert told["untouched"]
