"""Nobody gets at a GitHub owner by the credential that is stored for another team.

Each team has a Studio role. The owner's credential is stored by `credential add` for team A alone,
and the projects are launched without a token.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.set_up import STUDIO_ROLE, studio_role_arn
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION, AwsUser
from rehearsal.conductor.studio_tags import studio_tags
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import Ending, TrialProject
from rehearsal.tests.emulator.local_aws import wait_for
from tests.rehearsed.attacks.attack import DENIED, answer
from tests.rehearsed.attacks.conftest import Scene
from tests.rehearsed.operations.typed_command import type_command

_TEAM_B = "Team-B"
_NO_TOKEN = {"GithubAccessToken": ""}


@dataclass
class Teams:
    """Two teams with the same rights; team A is the one that the scene's projects are of.

    Attributes:
        owner: whose credential is stored for team A.
        other: an owner whose token team B has.
    """

    scene: Scene
    team_b: AwsUser
    owner: str
    other: str

    def lane(self, *, is_b: bool = False, login: str = "") -> Lane:
        """Somebody of a team, with the token of an owner."""
        kind = _LaneOfB if is_b else Lane
        made = kind(self.scene.ground, login or self.owner)
        if isinstance(made, _LaneOfB):
            made.user = self.team_b
        return made

    def type_credential(self, *words: str) -> None:
        """Store the owner's token as a platform engineer does."""
        world = self.scene.ground.world
        settings = {
            **world.administrator.variables(),
            "AWS_REGION": REGION,
            "GITHUB_SERVER_URL": world.github_url,
            "GH_TOKEN": world.record.tokens[self.owner],
        }
        done = type_command("credential", *words, settings=settings)
        assert done.returncode == 0, done.stdout + done.stderr

    def repositories(self) -> set[str]:
        """What the owner has in GitHub."""
        lane = Lane(self.scene.ground, self.owner)
        return {one["full_name"] for one in lane.github_list("/user/repos")}


class _LaneOfB(Lane):
    """A lane in which the data scientist is of team B."""

    user: AwsUser

    @cached_property
    def sagemaker(self) -> Any:
        """SageMaker, as somebody of team B."""
        return self.user.client("sagemaker")

    @cached_property
    def catalog(self) -> Any:
        """Service Catalog, as somebody of team B."""
        return self.user.client("servicecatalog")


@pytest.fixture(scope="module")
def teams(scene: Scene) -> Iterator[Teams]:
    ground = scene.ground
    administrator = ground.world.administrator
    iam = administrator.client("iam")
    trust = iam.get_role(RoleName=STUDIO_ROLE)["Role"]["AssumeRolePolicyDocument"]
    iam.create_role(RoleName=_TEAM_B, AssumeRolePolicyDocument=json.dumps(trust))
    for policy in iam.list_attached_role_policies(RoleName=STUDIO_ROLE)["AttachedPolicies"]:
        iam.attach_role_policy(RoleName=_TEAM_B, PolicyArn=policy["PolicyArn"])
    _let_launch(administrator, f"arn:aws:iam::{ACCOUNT}:role/{_TEAM_B}")
    owner, other = ground.lanes
    made = Teams(scene, scene.as_role(_TEAM_B), owner, other)
    made.type_credential("add", owner, "--yes", "--for", studio_role_arn())
    yield made
    made.type_credential("add", owner, "--yes", "--for", studio_role_arn())


def _let_launch(administrator: AwsUser, role: str) -> None:
    """Make a principal of the portfolio, as a registration with STUDIO_ROLES does."""
    catalog = administrator.client("servicecatalog")
    portfolio = catalog.list_portfolios()["PortfolioDetails"][0]["Id"]
    principal = {
        "Type": "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
        "Properties": {"PortfolioId": portfolio, "PrincipalARN": role, "PrincipalType": "IAM"},
    }
    cloudformation = administrator.client("cloudformation")
    cloudformation.create_stack(
        StackName="team-b", TemplateBody=json.dumps({"Resources": {"Principal": principal}})
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="team-b")


def _refused(ending: Ending) -> str:
    assert not ending.is_good
    return ending.reason


def _take_back(project: TrialProject) -> None:
    assert project.delete().is_good
    left = project.lane.administrator("secretsmanager").list_secrets()["SecretList"]
    assert names.token_secret(project.id) not in {one["Name"] for one in left}


def test_a_team_launches_without_a_token_with_the_credential_stored_for_it(teams: Teams) -> None:
    project = TrialProject(teams.lane(), "stored")
    before = teams.repositories()
    launched = project.launch(**_NO_TOKEN)
    assert launched.is_good, launched.reason
    assert teams.repositories() - before == set(project.repositories)
    secrets = project.lane.administrator("secretsmanager").list_secrets()["SecretList"]
    assert names.token_secret(project.id) not in {one["Name"] for one in secrets}
    assert names.owner_secret(teams.owner) in {one["Name"] for one in secrets}
    env = project.lane.github("GET", f"/repos/{project.repositories[1]}/contents/project.env")
    assert "GITHUB_CREDENTIAL=owner\n" in base64.b64decode(env.json()["content"]).decode()
    updated = project.update(StageAccounts="222233334444")
    assert updated.is_good, updated.reason
    assert project.delete().is_good
    assert teams.repositories() == before
    kept = project.lane.administrator("secretsmanager").list_secrets()["SecretList"]
    assert names.owner_secret(teams.owner) in {one["Name"] for one in kept}


def test_another_team_is_refused_in_a_sentence_and_nothing_stays(teams: Teams) -> None:
    before = teams.repositories()
    project = TrialProject(teams.lane(is_b=True), "stolen")
    said = _refused(project.launch(**_NO_TOKEN))
    assert (
        f"The role {_TEAM_B} of account {ACCOUNT} may not use the credential stored for "
        f"{teams.owner}; give a token as GithubAccessToken" in said
    )
    assert teams.repositories() == before
    _take_back(project)


def test_tags_and_parameters_that_claim_to_be_team_a_change_nothing(teams: Teams) -> None:
    before = teams.repositories()
    project = TrialProject(teams.lane(is_b=True), "claimed")
    ground = teams.scene.ground
    given = {"GithubUserName": teams.owner, **_NO_TOKEN, "DataOnDelete": "delete"}
    claims = [
        *studio_tags("data-scientist"),
        {"Key": "aws:createdBy", "Value": studio_role_arn()},
        {"Key": "CreatedBy", "Value": studio_role_arn()},
        {"Key": "UserArn", "Value": studio_role_arn()},
    ]
    project.id = project.lane.sagemaker.create_project(
        ProjectName=project.name,
        ProjectDescription=studio_role_arn(),
        ServiceCatalogProvisioningDetails={
            "ProductId": ground.product_id,
            "ProvisioningArtifactId": ground.first_version,
            "ProvisioningParameters": [{"Key": k, "Value": v} for k, v in given.items()],
        },
        Tags=[tag for tag in claims if not tag["Key"].startswith("aws:")],
    )["ProjectId"]
    assert "may not use the credential" in _refused(project.await_launch(seconds=300))
    assert teams.repositories() == before
    _take_back(project)


def test_a_launch_that_is_no_project_of_sagemakers_is_nobodys(teams: Teams) -> None:
    """Straight in Service Catalog, even by team A: the name of a project is a parameter there."""
    victim, catalog = teams.scene.own, teams.lane().catalog
    before = teams.repositories()
    given = {
        "SageMakerProjectName": victim.name,
        "SageMakerProjectId": "p-000000000000",
        "GithubUserName": teams.owner,
        "RepositoriesOnDelete": "delete",
        **_NO_TOKEN,
    }
    launched = catalog.provision_product(
        ProductId=teams.scene.ground.product_id,
        ProvisioningArtifactId=teams.scene.ground.first_version,
        ProvisionedProductName="twin",
        ProvisionToken="twin",
        ProvisioningParameters=[{"Key": k, "Value": v} for k, v in given.items()],
    )["RecordDetail"]["ProvisionedProductId"]
    detail = _settled(catalog, launched)
    assert detail["Status"] == "ERROR"
    assert "is not the project that SageMaker launched as this" in _failures(teams, launched)
    assert teams.repositories() == before
    catalog.terminate_provisioned_product(ProvisionedProductId=launched, TerminateToken="twin")


def test_an_update_does_not_come_to_a_credential_of_another_team(teams: Teams) -> None:
    """With a token of its own team B launches; then it leaves the token out, or names the owner."""
    before = teams.repositories()
    project = TrialProject(teams.lane(is_b=True, login=teams.other), "mine")
    assert project.launch().is_good
    first = teams.scene.ground.first_version
    for change in (_NO_TOKEN, {**_NO_TOKEN, "GithubUserName": teams.owner}):
        said = _refused(project.update(version=first, **change))
        assert "AWS does not record who updates a project" in said
        assert teams.repositories() == before
        value = _parameter(project)
        assert value["owner"] == teams.other
        assert names.token_secret(project.id) in value["token_secret_arn"]
    # The project goes on as it was.
    assert project.update(version=first, DataOnDelete="delete").is_good
    assert project.delete().is_good


@pytest.mark.parametrize("operation", ["get_secret_value", "describe_secret", "delete_secret"])
@pytest.mark.parametrize("role", ["build", "deploy-dev", "execution", "reader", "launch"])
def test_no_role_of_a_project_gets_at_a_stored_credential(
    teams: Teams, role: str, operation: str
) -> None:
    client = teams.scene.as_role(teams.scene.role_of(role)).client("secretsmanager")
    secret = {"SecretId": names.owner_secret(teams.owner)}
    assert answer(getattr(client, operation), secret) in DENIED
    made = {"Name": names.owner_secret("victim"), "SecretString": "{}"}
    assert answer(client.create_secret, made) in DENIED


def test_nobody_in_studio_reads_a_stored_credential(teams: Teams) -> None:
    client = teams.team_b.client("secretsmanager")
    with pytest.raises(ClientError, match="AccessDenied"):
        client.get_secret_value(SecretId=names.owner_secret(teams.owner))


def _settled(catalog: Any, provisioned_id: str) -> dict[str, Any]:
    def ended() -> dict[str, Any] | None:
        found = catalog.describe_provisioned_product(Id=provisioned_id)
        detail: dict[str, Any] = found["ProvisionedProductDetail"]
        return None if detail["Status"] == "UNDER_CHANGE" else detail

    return dict(wait_for(ended, what=f"the product {provisioned_id}", seconds=120))


def _failures(teams: Teams, provisioned_id: str) -> str:
    cloudformation = teams.scene.ground.world.administrator.client("cloudformation")
    events = cloudformation.describe_stack_events(StackName=f"SC-{ACCOUNT}-{provisioned_id}")
    return "\n".join(one.get("ResourceStatusReason", "") for one in events["StackEvents"])


def _parameter(project: TrialProject) -> dict[str, str]:
    """What the dispatch function knows of a project."""
    found = project.lane.administrator("ssm").get_parameter(
        Name=names.project_parameter(project.name, project.id)
    )
    return dict(json.loads(found["Parameter"]["Value"]))
