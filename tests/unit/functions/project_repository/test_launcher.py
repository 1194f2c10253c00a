"""Who launched: AWS's two records must name one and the same, and whatever else is nobody."""

from typing import Any

import pytest

from invocation.deadline import Deadline
from project_repository.launcher import Launch, LauncherUnknownError, find_launcher, identity_of
from tests.unit.functions.invocation_fakes import FakeTime, client_error

ACCOUNT = "111122223333"
STACK = f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/SC-{ACCOUNT}-pp-abc/uuid"
LAUNCH = Launch(STACK, "rings", "p-abcdefghijkl", "acme")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/studio/Team-A"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Team-A/SageMaker"
OTHER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Team-B/SageMaker"
TEAM_A = f"{ACCOUNT} role Team-A"
LAUNCHED = {"Id": "pp-abc", "PhysicalId": STACK, "UserArn": ROLE, "UserArnSession": SESSION}
PROJECT = {
    "ProjectId": LAUNCH.project_id,
    "ServiceCatalogProvisionedProductDetails": {"ProvisionedProductId": "pp-abc"},
    "CreatedBy": {"IamIdentity": {"Arn": SESSION}},
}
ABSENT = client_error("DescribeProject", "ValidationException", "Project rings does not exist.")


class _Aws:
    """Service Catalog and SageMaker; the last answer of each is repeated."""

    def __init__(self, launched: Any = LAUNCHED, project: Any = PROJECT) -> None:
        self._launched = launched if isinstance(launched, list) else [launched]
        self._project = project if isinstance(project, list) else [project]
        self.asked: list[str] = []

    def client(self, service: str) -> "_Aws":
        return self

    def search_provisioned_products(self, *, AccessLevelFilter: Any, Filters: Any) -> Any:  # noqa: N803
        assert AccessLevelFilter == {"Key": "Account", "Value": "self"}
        assert Filters == {"SearchQuery": ["id:pp-abc"]}
        return {"ProvisionedProducts": [one for one in [self._next(self._launched)] if one]}

    def describe_project(self, *, ProjectName: str) -> Any:  # noqa: N803
        self.asked.append(ProjectName)
        return self._next(self._project)

    def _next(self, answers: list[Any]) -> Any:
        told = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(told, Exception):
            raise told
        return told


def _find(aws: _Aws, launch: Launch = LAUNCH, seconds: float = 100) -> tuple[str, FakeTime]:
    time = FakeTime()
    deadline = Deadline(time.now + seconds, time.clock, time.sleep)
    return find_launcher(launch, aws.client, deadline), time


@pytest.mark.parametrize(
    ("arn", "identity"),
    [
        (ROLE, TEAM_A),
        (SESSION, TEAM_A),
        (f"arn:aws:sts::{ACCOUNT}:assumed-role/Team-A", TEAM_A),
        (f"arn:aws-cn:iam::{ACCOUNT}:role/Team-A", TEAM_A),
        (f"arn:aws:iam::{ACCOUNT}:user/people/anna", f"{ACCOUNT} user anna"),
        (f"arn:aws:iam::{ACCOUNT}:root", ""),
        (f"arn:aws:sts::{ACCOUNT}:federated-user/anna", ""),
        ("arn:aws:iam::aws:role/Team-A", ""),
        ("Team-A", ""),
        ("", ""),
    ],
)
def test_an_arn_is_who_it_is_however_it_is_written(arn: str, identity: str) -> None:
    assert identity_of(arn) == identity


@pytest.mark.parametrize("name", ["team-a", "Team-A2", "Team-B", "SageMaker"])
def test_another_name_is_somebody_else(name: str) -> None:
    assert identity_of(f"arn:aws:iam::{ACCOUNT}:role/{name}") != TEAM_A


def test_whoever_both_records_name_launched() -> None:
    aws = _Aws()
    found, time = _find(aws)
    assert (found, time.slept, aws.asked) == (TEAM_A, [], ["rings"])


@pytest.mark.parametrize(
    "aws",
    [
        _Aws({**LAUNCHED, "PhysicalId": None}),
        _Aws({key: LAUNCHED[key] for key in ("Id", "UserArnSession")}),
        _Aws(project={**PROJECT, "CreatedBy": {"UserProfileArn": "arn:any"}}),
    ],
)
def test_what_a_record_leaves_out_the_others_tell(aws: _Aws) -> None:
    assert _find(aws)[0] == TEAM_A


@pytest.mark.parametrize(
    ("aws", "launch", "why"),
    [
        (_Aws({**LAUNCHED, "UserArn": OTHER}), LAUNCH, "more than one"),
        (_Aws({**LAUNCHED, "UserArnSession": "arn:aws:iam::1:root"}), LAUNCH, "more than one"),
        (_Aws({"Id": "pp-abc"}, {**PROJECT, "CreatedBy": {}}), LAUNCH, "nobody"),
        (_Aws(project={**PROJECT, "CreatedBy": {"IamIdentity": {"Arn": OTHER}}}), LAUNCH, "more"),
        (_Aws(project={**PROJECT, "ProjectId": "p-zzzzzzzzzzzz"}), LAUNCH, "is not the project"),
        (
            _Aws(
                project={
                    **PROJECT,
                    "ServiceCatalogProvisionedProductDetails": {"ProvisionedProductId": "pp-zzz"},
                }
            ),
            LAUNCH,
            "is not the project",
        ),
        *(
            (_Aws(), Launch(stack, "rings", LAUNCH.project_id, "acme"), "Service Catalog's")
            for stack in (
                STACK.replace("SC-", "XX-"),
                STACK.replace(f"SC-{ACCOUNT}", "SC-999999999999"),
                STACK.replace("stack/", "stack/my-"),
                f"arn:aws:cloudformation:eu-west-1:{ACCOUNT}:stack/rings/uuid",
            )
        ),
    ],
)
def test_a_launch_that_is_nobodys_is_refused_at_once(aws: _Aws, launch: Launch, why: str) -> None:
    with pytest.raises(LauncherUnknownError, match=why) as refused:
        _find(aws, launch)
    assert not refused.value.is_passing


@pytest.mark.parametrize(
    "aws",
    [
        _Aws([None, LAUNCHED]),
        _Aws([{**LAUNCHED, "PhysicalId": STACK.replace("uuid", "old")}, LAUNCHED]),
        _Aws(project=[ABSENT, PROJECT]),
        _Aws(project=[{**PROJECT, "ServiceCatalogProvisionedProductDetails": {}}, PROJECT]),
    ],
)
def test_what_aws_does_not_tell_yet_is_asked_again(aws: _Aws) -> None:
    found, time = _find(aws)
    assert (found, time.slept) == (TEAM_A, [1.0])


@pytest.mark.parametrize(
    ("aws", "why"),
    [
        (_Aws([None]), "Service Catalog does not know pp-abc"),
        (_Aws(project=ABSENT), "SageMaker has no project rings"),
        (_Aws({**LAUNCHED, "Id": "pp-zzz"}), "does not know"),
    ],
)
def test_what_aws_never_tells_is_refused_after_half_a_minute(aws: _Aws, why: str) -> None:
    with pytest.raises(LauncherUnknownError, match=why) as refused:
        _find(aws)
    assert not refused.value.is_passing
    with pytest.raises(LauncherUnknownError, match=why):
        _find(aws, seconds=3)


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (client_error("DescribeProject", "ThrottlingException"), True),
        (client_error("DescribeProject", "AccessDeniedException"), False),
    ],
)
def test_a_refusal_of_aws_says_whether_it_passes(error: Exception, passes: bool) -> None:
    with pytest.raises(LauncherUnknownError) as refused:
        _find(_Aws(project=error))
    assert refused.value.is_passing == passes
