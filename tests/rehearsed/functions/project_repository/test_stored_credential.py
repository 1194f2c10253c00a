"""A project without a token of its own: whose launches and updates use the owner's credential."""

import json
from typing import Any

import pytest

from github_client.stored_credential import stored_secret
from rehearsal.tests.github.in_process_github import TOKEN
from tests.rehearsed.functions.repository_requests import (
    NAME,
    PROJECT_ID,
    delete,
    names,
    properties,
    repository,
    run,
)
from tests.rehearsed.functions.repository_world import SECRET_ARN, STACK_ID, RepositoryWorld
from tests.unit.functions.fake_aws import AwsFault
from tests.unit.functions.invocation_fakes import client_error

ACCOUNT = "111122223333"
SECRET = stored_secret("octo")
STORED = {"TokenSecretArn": SECRET, "ProjectName": "rings"}
OTHER_NAME = {**STORED, "Name": "more-deploy", "ProjectName": "more"}
TEAM_A, TEAM_B = (f"arn:aws:iam::{ACCOUNT}:role/studio/Team-{team}" for team in "AB")


@pytest.fixture(autouse=True)
def project(world: RepositoryWorld) -> None:
    """Team A launches the project, and octo's credential is stored for everybody."""
    store(world)
    launched_by(world, "A")


def store(world: RepositoryWorld, *users: str) -> None:
    world.aws.tokens[SECRET] = json.dumps({"token": TOKEN, "users": users})


def launched_by(world: RepositoryWorld, team: str, project_id: str = PROJECT_ID) -> None:
    """What AWS records when somebody of a team creates the project `rings`."""
    role, session = f"assumed-role/Team-{team}", f"assumed-role/Team-{team}/SageMaker"
    arn = f"arn:aws:sts::{ACCOUNT}:"
    world.aws.launched = [
        {
            "Id": "pp-x",
            "PhysicalId": STACK_ID,
            "UserArn": arn + role,
            "UserArnSession": arn + session,
            "Tags": [{"Key": "sagemaker:user-profile-arn", "Value": TEAM_A}],
        }
    ]
    world.aws.project = {
        "ProjectName": "rings",
        "ProjectId": project_id,
        "ServiceCatalogProvisionedProductDetails": {"ProvisionedProductId": "pp-x"},
        "CreatedBy": {"IamIdentity": {"Arn": arn + session}},
    }


def update(
    world: RepositoryWorld, made: dict[str, Any], before: dict[str, Any], after: dict[str, Any]
) -> dict[str, Any]:
    """Update from some properties to others, and back if that is refused."""
    old, new = properties(**before), properties(**after)
    world.aws.stack_status = "UPDATE_IN_PROGRESS"
    answer = run(
        world,
        "Update",
        changed=after,
        PhysicalResourceId=made["PhysicalResourceId"],
        OldResourceProperties=old,
    )
    if answer["Status"] == "FAILED":
        world.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
        back = run(
            world,
            "Update",
            changed=before,
            PhysicalResourceId=answer["PhysicalResourceId"],
            OldResourceProperties=new,
        )
        assert back["Status"] == "SUCCESS"
        assert back["PhysicalResourceId"] == made["PhysicalResourceId"]
        world.aws.stack_status = "UPDATE_ROLLBACK_COMPLETE"
    return answer


@pytest.mark.parametrize("users", [(), (TEAM_A,), (TEAM_B, TEAM_A)])
def test_who_may_use_a_credential_launches_without_a_token(
    world: RepositoryWorld, users: tuple[str, ...]
) -> None:
    store(world, *users)
    made = run(world, "Create", changed=STORED)
    assert made["Status"] == "SUCCESS"
    assert repository(world)["private"]
    assert delete(world, made, **STORED, OnDelete="delete")["Status"] == "SUCCESS"
    assert names(world) == set()


def test_an_owner_is_found_in_whatever_case_it_was_typed(world: RepositoryWorld) -> None:
    typed = {**STORED, "TokenSecretArn": SECRET.replace("octo", "OcTo"), "Owner": "OcTo"}
    assert run(world, "Create", changed=typed)["Status"] == "SUCCESS"


@pytest.mark.parametrize("claims", [{}, {"Description": TEAM_A}, {"CreatedBy": TEAM_A}])
def test_another_team_is_refused_whatever_its_request_claims(
    world: RepositoryWorld, claims: dict[str, str]
) -> None:
    store(world, TEAM_A)
    launched_by(world, "B")
    answer = run(world, "Create", changed={**STORED, **claims})
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith(
        f"The role Team-B of account {ACCOUNT} may not use the credential stored for octo; "
    )
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(world, answer, **STORED)["Status"] == "SUCCESS"
    assert world.requests() == []


@pytest.mark.parametrize("users", [(), (TEAM_A,)])
@pytest.mark.parametrize("forgotten", ["launched", "project"])
def test_a_launch_that_is_nobodys_is_refused_whoever_may_use_it(
    world: RepositoryWorld, users: tuple[str, ...], forgotten: str
) -> None:
    store(world, *users)
    setattr(world.aws, forgotten, type(getattr(world.aws, forgotten))())
    answer = run(world, "Create", changed=STORED)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("Who launched this project is not known (")
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(world, answer, **STORED)["Status"] == "SUCCESS"
    assert world.requests() == []
    assert max(world.waits) < 60


def test_a_launch_with_the_id_of_another_project_touches_nothing_of_that(
    world: RepositoryWorld,
) -> None:
    """Its marker would be the victim's, and a launch that fails takes back what is marked."""
    assert run(world, "Create", changed=STORED)["Status"] == "SUCCESS"
    before = world.last_number
    launched_by(world, "A", project_id="p-zzzzzzzzzzzz")
    answer = run(world, "Create", changed=STORED)
    assert answer["Status"] == "FAILED"
    assert "is not the project" in answer["Reason"]
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(world, answer, **STORED)["Status"] == "SUCCESS"
    assert world.requests(since=before) == []
    assert names(world) == {NAME}


def test_without_token_and_credential_both_remedies_are_told_and_nothing_stays(
    world: RepositoryWorld,
) -> None:
    del world.aws.tokens[SECRET]
    answer = run(world, "Create", changed=STORED)
    assert answer["Status"] == "FAILED"
    for remedy in ("credential add octo", "GithubAccessToken"):
        assert remedy in answer["Reason"]
    world.aws.stack_status = "ROLLBACK_IN_PROGRESS"
    assert delete(world, answer, **STORED)["Status"] == "SUCCESS"
    assert world.requests() == []


@pytest.mark.parametrize(
    "operation", ["GetSecretValue", "SearchProvisionedProducts", "DescribeProject"]
)
@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
def test_what_aws_does_not_tell_for_a_while_is_outlasted(
    world: RepositoryWorld, operation: str, kind: str
) -> None:
    store(world, TEAM_A)
    world.aws.faults = [AwsFault(operation, kind, times=3)]
    assert run(world, "Create", changed=STORED)["Status"] == "SUCCESS"
    assert world.aws.faults[0].hits == 3


@pytest.mark.parametrize("method", ["search_provisioned_products", "describe_project"])
def test_a_look_that_is_not_allowed_lets_nobody_through(
    world: RepositoryWorld, method: str
) -> None:
    world.aws.errors[method] = client_error(method, "AccessDeniedException", "no right")
    answer = run(world, "Create", changed=STORED)
    assert "AccessDeniedException: no right" in answer["Reason"]
    assert world.requests() == []


def test_a_credential_of_another_owner_is_refused(world: RepositoryWorld) -> None:
    world.aws.tokens[stored_secret("acme")] = world.aws.tokens[SECRET]
    answer = run(world, "Create", changed={**STORED, "TokenSecretArn": stored_secret("acme")})
    assert "is of another owner than octo" in answer["Reason"]


def test_an_update_goes_on_with_the_credential_of_its_project(world: RepositoryWorld) -> None:
    made = run(world, "Create", changed=STORED)
    world.aws.launched, store_again = [], (TEAM_B,)  # who updates is not asked for
    store(world, *store_again)
    changed = {**STORED, "Description": "More rings"}
    assert update(world, made, STORED, changed)["Status"] == "SUCCESS"
    assert str(repository(world)["description"]).startswith("More rings")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, STORED),
        ({}, OTHER_NAME),
        (STORED, OTHER_NAME),
        (STORED, {**OTHER_NAME, "ProjectId": "p-zzzzzzzzzzzz"}),
        (STORED, {**STORED, "Owner": "acme", "TokenSecretArn": stored_secret("acme")}),
        ({}, {**STORED, "Owner": "acme", "TokenSecretArn": stored_secret("acme")}),
    ],
    ids=["credential", "both", "repository", "another project's", "owner", "owner and credential"],
)
def test_an_update_comes_to_nothing_new_by_a_stored_credential(
    world: RepositoryWorld, before: dict[str, Any], after: dict[str, Any]
) -> None:
    world.aws.tokens[stored_secret("acme")] = world.aws.tokens[SECRET]
    made = run(world, "Create", changed=before)
    written = world.last_number
    answer = update(world, made, before, after)
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("AWS does not record who updates a project, so ")
    assert world.writes(since=written) == []
    assert names(world) == {NAME}


@pytest.mark.parametrize("after", [{}, {"Name": "more-deploy"}], ids=["same", "renamed"])
def test_a_project_goes_over_to_a_token_of_its_own(
    world: RepositoryWorld, after: dict[str, Any]
) -> None:
    made = run(world, "Create", changed=STORED)
    assert update(world, made, STORED, after)["Status"] == "SUCCESS"


def test_an_update_that_goes_over_to_a_token_is_taken_back(world: RepositoryWorld) -> None:
    made = run(world, "Create", changed=STORED)
    world.aws.tokens[SECRET_ARN] = "ghp_wrong"
    answer = update(world, made, STORED, {"Name": "more-deploy"})
    assert "GitHub rejected the token" in answer["Reason"]
    assert names(world) == {NAME}
    # CloudFormation returns from a replacement, too, when something else failed.
    world.aws.tokens[SECRET_ARN] = TOKEN
    replaced = update(world, made, STORED, {"Name": "more-deploy"})
    world.aws.stack_status = "UPDATE_ROLLBACK_IN_PROGRESS"
    back = run(
        world,
        "Update",
        changed=STORED,
        PhysicalResourceId=replaced["PhysicalResourceId"],
        OldResourceProperties=properties(Name="more-deploy"),
    )
    assert back["PhysicalResourceId"] == made["PhysicalResourceId"]
