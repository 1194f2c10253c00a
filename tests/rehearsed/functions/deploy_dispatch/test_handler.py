"""Behaviour of the function behind EventBridge: which events do what."""

from typing import Any

import pytest

from deploy_dispatch.handler import EXECUTION_EVENT, UnknownEventError
from deploy_dispatch.project import ProjectParameterError
from github_client.errors import InvalidTokenError, RefusedError, TokenSecretGoneError
from github_client.read_timeout import VARIABLE as TIMEOUT
from tests.rehearsed.functions.deploy_dispatch.world import ARNS, GROUP, REPOSITORY, DispatchWorld
from tests.unit.functions.fake_aws import AwsFault
from tests.unit.functions.invocation_fakes import SECRET_ARN

PARAMETER = f"/mlops-sm-project/{GROUP}"


@pytest.mark.parametrize("fields", [["ModelApprovalStatus"], ["ModelPackageStatus"], [], None])
def test_an_approval_starts_the_deployment_of_that_version(
    world: DispatchWorld, fields: Any
) -> None:
    arn = world.new_version()
    world.decide(arn, "Approved")
    done = world.invoke(world.event(arn, UpdatedModelPackageFields=fields))
    assert done == f"started 'Deploy {arn} to dev'"
    (run,) = world.github.rest("GET", f"/repos/{REPOSITORY}/actions/runs")["workflow_runs"]
    assert (run["display_title"], run["head_branch"]) == (f"Deploy {arn} to dev", "main")


@pytest.mark.parametrize(
    "changed",
    [
        {"UpdatedModelPackageFields": ["CustomerMetadataProperties"]},
        {"ModelPackageGroupName": None},
        {"ModelApprovalStatus": None},
    ],
)
def test_what_decides_nothing_is_ignored(world: DispatchWorld, changed: dict[str, Any]) -> None:
    arn = world.new_version()
    world.decide(arn, "Approved")
    assert world.invoke(world.event(arn, **changed)).startswith("ignored")
    assert world.github.requests.listed(agent="mlops") == []


def test_an_approval_in_a_foreign_group_starts_nothing(world: DispatchWorld) -> None:
    arn = world.new_version("Elsewhere")
    assert "belongs to no project" in world.invoke(world.decide(arn, "Approved"))


@pytest.mark.parametrize("now", [("Rejected", "Completed"), ("Approved", "InProgress"), None])
def test_the_registry_counts_and_not_the_event(world: DispatchWorld, now: Any) -> None:
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    if now is None:
        del world.aws.versions[arn]
    else:
        world.aws.versions[arn] = now
    assert world.invoke(event) == f"{arn} is not approved"
    assert (world.runs(arn), world.aws.under_way(GROUP)) == (0, {})


def test_a_registry_that_lags_behind_its_event_is_given_a_moment(world: DispatchWorld) -> None:
    arn = world.new_version()
    event = world.event(arn, ModelApprovalStatus="Approved")

    def approve() -> None:
        world.decide(arn, "Approved")

    world.turns.start(approve, after_seconds=1.0)
    world.deliver(event)
    world.turns.run()
    assert world.runs(arn) == 1


def test_an_approval_after_a_rejection_deploys_again(world: DispatchWorld) -> None:
    arn = world.new_version()
    for status in ("Approved", "Rejected", "Approved"):
        world.invoke(world.decide(arn, status))
    assert world.runs(arn) == 2


def test_the_ledger_tells_on_whose_behalf_what_is_under_way(world: DispatchWorld) -> None:
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    world.invoke(event)
    claim = world.aws.under_way(GROUP)["dev"]
    assert (claim["state"], claim["claimed_by"]) == ("started", event["id"])
    assert claim["order"]["arn"] == arn
    assert world.aws.items["under way"]["Groups"] == {"SS": [GROUP]}


def test_another_events_claim_is_left_to_it_for_a_while(world: DispatchWorld) -> None:
    arn = world.new_version()
    first = world.decide(arn, "Approved")
    world.aws.faults.append(AwsFault("PutItem", "kill-after", nth=3))
    with pytest.raises(BaseException, match="PutItem"):
        world.invoke(first)
    assert world.invoke(world.event(arn)) == (
        f"ignored: event {first['id']} starts 'Deploy {arn} to dev'"
    )
    world.github.clock.advance(301)
    assert f"started 'Deploy {arn} to dev'" in world.invoke(world.event(arn))
    assert world.runs(arn) == 1


def test_a_run_that_a_killed_attempt_started_is_recognized(world: DispatchWorld) -> None:
    arn, longer = world.new_version(), ""
    world.github.faults.add("kill-after", method="POST", path="/dispatches$")
    event = world.decide(arn, "Approved")
    with pytest.raises(BaseException, match="dispatches"):
        world.invoke(event)
    longer = f"{arn}0"
    world.invoke(world.decide(longer, "Approved"))  # its name begins with the other's
    world.github.clock.advance(60)
    assert world.invoke(event).startswith(f"started 'Deploy {arn} to dev'")
    assert (world.runs(arn), world.runs(longer)) == (1, 1)


@pytest.mark.parametrize(
    ("registered", "seconds"), [({}, 22), ({TIMEOUT: "3"}, 22), ({TIMEOUT: "60"}, 70)]
)
def test_a_killed_attempts_request_is_over_before_the_next_begins(
    world: DispatchWorld, registered: dict[str, str], seconds: float
) -> None:
    world.registered = registered
    arn = world.new_version()
    event = world.decide(arn, "Approved")
    world.github.faults.add("kill", method="POST", path="/dispatches$")
    with pytest.raises(BaseException, match="dispatches"):
        world.invoke(event)
    began = world.github.clock.seconds()
    assert f"started 'Deploy {arn} to dev'" in world.invoke(event)
    visible = 20  # seconds until a run that was started would be seen
    waited = world.github.clock.seconds() - began
    assert waited == pytest.approx(seconds + visible, abs=3)
    assert world.runs(arn) == 1


@pytest.mark.parametrize(("registered", "seconds"), [({}, 12), ({TIMEOUT: "40"}, 40)])
def test_an_answer_counts_as_lost_when_the_registration_says_so(
    world: DispatchWorld, registered: dict[str, str], seconds: float
) -> None:
    world.registered = registered
    world.github.faults.add("lost", method="POST", path="/dispatches$")
    arn = world.new_version()
    event, began = world.decide(arn, "Approved"), world.github.clock.seconds()
    assert world.invoke(event).startswith("started")
    assert world.github.clock.seconds() - began == pytest.approx(seconds, abs=3)
    assert world.runs(arn) == 1


def test_a_broken_parameter_is_told(world: DispatchWorld) -> None:
    world.aws.parameters[PARAMETER] = '{"owner": "octo"}'
    with pytest.raises(ProjectParameterError, match="'build_repository' is missing"):
        world.invoke(world.decide(world.new_version(), "Approved"))


def test_a_failure_of_aws_is_raised_so_that_the_event_is_tried_again(
    world: DispatchWorld,
) -> None:
    world.aws.faults.append(AwsFault("GetParameter", "throttled"))
    with pytest.raises(Exception, match="ThrottlingException"):
        world.invoke(world.decide(world.new_version(), "Approved"))


def test_a_missing_secret_is_raised_and_leaves_no_claim(world: DispatchWorld) -> None:
    del world.aws.secrets[SECRET_ARN]
    with pytest.raises(TokenSecretGoneError, match="the secret is deleted"):
        world.invoke(world.decide(world.new_version(), "Approved"))
    assert world.aws.under_way(GROUP) == {}


def test_an_expired_token_is_raised_and_leaves_no_claim(world: DispatchWorld) -> None:
    world.aws.secrets[SECRET_ARN] = "ghp_expired"
    with pytest.raises(InvalidTokenError, match="wrong, expired or revoked"):
        world.invoke(world.decide(world.new_version(), "Approved"))
    assert world.aws.under_way(GROUP) == {}


def execution(status: str, description: str, name: str = GROUP) -> dict[str, Any]:
    """A pipeline execution event."""
    detail = {
        "pipelineExecutionDisplayName": "x",
        "currentPipelineExecutionStatus": status,
        "pipelineExecutionDescription": description,
        "pipelineArn": f"{ARNS}:pipeline/{name}",
        "pipelineExecutionArn": f"{ARNS}:pipeline/{name}/execution/abcdefghijkl",
    }
    return {"id": "2", "source": "aws.sagemaker", "detail-type": EXECUTION_EVENT, "detail": detail}


@pytest.fixture
def commit(world: DispatchWorld) -> str:
    """A commit of the build repository."""
    world.github.rest("POST", "/user/repos", {"name": "rings-build", "auto_init": True})
    (head,) = world.github.rest("GET", "/repos/octo/rings-build/commits")
    return str(head["sha"])


def statuses(world: DispatchWorld, commit: str) -> list[dict[str, Any]]:
    """What the commit says, the newest first."""
    found: list[dict[str, Any]] = world.github.rest(
        "GET", f"/repos/octo/rings-build/commits/{commit}/statuses"
    )
    return found


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Executing", "pending"),
        ("Succeeded", "success"),
        ("Failed", "failure"),
        ("Stopped", "error"),
    ],
)
def test_an_execution_is_reported_on_its_commit(
    world: DispatchWorld, commit: str, status: str, state: str
) -> None:
    world.invoke(execution(status, f"Commit {commit}"))
    (reported,) = statuses(world, commit)
    assert (reported["state"], reported["context"]) == (state, "SageMaker Pipeline")
    assert reported["description"] == f"{GROUP} {status.lower()}: abcdefghijkl"


_EXECUTION = f"{ARNS}:pipeline/{GROUP}/execution/abcdefghijkl"
_DENIED = "is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::company-lake"


@pytest.mark.parametrize(
    ("step", "said", "told"),
    [
        (
            "Preprocess",
            f"ClientError: Failed to download data (s3://company-lake/a.csv). User: r {_DENIED}",
            "Preprocess may not read the data; name its folder in the project's DataLocations",
        ),
        (
            "Preprocess",
            "ClientError: Data download failed: S3 returned AccessDenied (403)",
            "Preprocess may not read the data; name its folder in the project's DataLocations",
        ),
        (
            "Preprocess",
            "ClientError: Cannot pull image x: User: r is not authorized to perform: "
            "ecr:BatchGetImage on resource: arn:aws:ecr:eu-west-1:111122223333:repository/x",
            "Preprocess may not pull its image; the registration's IMAGE_REPOSITORIES must name it",
        ),
        (
            "Train",
            "ClientError: User: r is not authorized to perform: ec2:CreateNetworkInterface on x",
            "Train may not join its network; the registration's JOBS_SUBNETS and "
            "JOBS_SECURITY_GROUPS must name it",
        ),
        ("Train", f"ClientError: User: r {_DENIED}", f"Train: ClientError: User: r {_DENIED}"),
        ("Fail", "The model was not registered", "Fail: The model was not registered"),
        ("Train", "It\n fell  over " + "x" * 200, "Train: It fell over xxx"),
    ],
)
def test_a_failure_is_reported_with_its_reason(
    world: DispatchWorld, commit: str, step: str, said: str, told: str
) -> None:
    world.aws.steps[_EXECUTION] = [
        {"StepName": "First", "StepStatus": "Succeeded"},
        {"StepName": step, "StepStatus": "Failed", "FailureReason": said},
    ]
    world.invoke(execution("Failed", f"Commit {commit}"))
    (reported,) = statuses(world, commit)
    assert reported["description"].startswith(told[:126])
    assert reported["description"].endswith(": abcdefghijkl")
    assert len(reported["description"]) <= 140


@pytest.mark.parametrize("steps", [[], [{"StepName": "Train", "StepStatus": "Failed"}], None])
def test_a_failure_without_a_reason_is_reported_all_the_same(
    world: DispatchWorld, commit: str, steps: Any
) -> None:
    if steps is not None:
        world.aws.steps[_EXECUTION] = steps
    world.invoke(execution("Failed", f"Commit {commit}"))
    (reported,) = statuses(world, commit)
    assert reported["description"] == f"{GROUP} failed: abcdefghijkl"


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
def test_a_reason_that_aws_does_not_tell_now_is_asked_for_again(
    world: DispatchWorld, commit: str, kind: str
) -> None:
    failed = {"StepName": "Train", "StepStatus": "Failed", "FailureReason": "It fell over"}
    world.aws.steps[_EXECUTION] = [failed]
    world.aws.faults.append(AwsFault("ListPipelineExecutionSteps", kind))
    world.deliver(execution("Failed", f"Commit {commit}"))
    world.turns.run()
    (reported,) = statuses(world, commit)
    assert reported["description"] == "Train: It fell over: abcdefghijkl"


def test_an_execution_is_reported_on_a_repository_that_was_renamed(
    world: DispatchWorld, commit: str
) -> None:
    world.github.rest("PATCH", "/repos/octo/rings-build", {"name": "rings-model"})
    world.invoke(execution("Succeeded", f"Commit {commit}"))
    (reported,) = world.github.rest("GET", f"/repos/octo/rings-model/commits/{commit}/statuses")
    assert reported["state"] == "success"


def test_a_late_beginning_does_not_undo_an_end(world: DispatchWorld, commit: str) -> None:
    world.invoke(execution("Succeeded", f"Commit {commit}"))
    world.invoke(execution("Executing", f"Commit {commit}"))
    assert [status["state"] for status in statuses(world, commit)] == ["success"]


@pytest.mark.parametrize(
    ("status", "description"), [("Stopping", "Commit " + "a" * 40), ("Succeeded", "by hand")]
)
def test_an_execution_without_news_or_commit_is_ignored(
    world: DispatchWorld, status: str, description: str
) -> None:
    assert world.invoke(execution(status, description)).startswith("ignored")


def test_a_pipeline_whose_arn_is_in_lower_case_is_found_by_its_name(
    world: DispatchWorld, commit: str
) -> None:
    world.aws.pipelines[f"{ARNS}:pipeline/{GROUP.lower()}"] = GROUP
    world.invoke(execution("Succeeded", f"Commit {commit}", name=GROUP.lower()))
    assert len(statuses(world, commit)) == 1


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
def test_a_pipeline_that_aws_does_not_tell_now_is_asked_for_again(
    world: DispatchWorld, commit: str, kind: str
) -> None:
    world.aws.pipelines[f"{ARNS}:pipeline/{GROUP.lower()}"] = GROUP
    world.aws.faults.append(AwsFault("DescribePipeline", kind))
    world.deliver(execution("Succeeded", f"Commit {commit}", name=GROUP.lower()))
    world.turns.run()
    assert len(world.errors) == 1
    assert len(statuses(world, commit)) == 1


def test_an_execution_of_a_foreign_pipeline_is_ignored(world: DispatchWorld) -> None:
    event = execution("Succeeded", "Commit " + "a" * 40, name="Elsewhere")
    assert "belongs to no project" in world.invoke(event)


def test_a_commit_that_is_no_more_is_passed_over(world: DispatchWorld, commit: str) -> None:
    world.invoke(execution("Succeeded", "Commit " + "a" * 40))
    assert statuses(world, commit) == []


def test_a_refused_status_is_raised(world: DispatchWorld, commit: str) -> None:
    world.github.rest("PATCH", "/repos/octo/rings-build", {"archived": True})
    with pytest.raises(RefusedError, match="archived"):
        world.invoke(execution("Failed", f"Commit {commit}"))


def test_an_event_of_another_type_is_raised(world: DispatchWorld) -> None:
    with pytest.raises(UnknownEventError, match="'Other'"):
        world.invoke({"detail-type": "Other", "detail": {}})
