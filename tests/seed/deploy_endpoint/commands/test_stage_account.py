"""The stack of a stage's own account, against clients that botocore checks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from deploy_endpoint.commands.stage_account import parameters
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.stage import StageSettings

from ..conftest import ACCOUNT, OTHER_ACCOUNT, PROD_ELSEWHERE, Stub, run_command

NAME = "mlops-p-abcdef123456-prod-account"
ENDPOINT = "mlops-p-abcdef123456-prod"
ISSUER = "token.actions.githubusercontent.com"
BOUNDARY = f"arn:aws:iam::{OTHER_ACCOUNT}:policy/company"
PROVIDER = f"arn:aws:iam::{OTHER_ACCOUNT}:oidc-provider/{ISSUER}"
ID = {"StackName": NAME}


@dataclass
class Account:
    """The command, and the answers that it gets."""

    run: Callable[..., None]
    sts: Stubber
    iam: Stubber
    cloudformation: Stubber

    def sign_in(self, account: str = OTHER_ACCOUNT) -> None:
        self.sts.add_response("get_caller_identity", {"Account": account})

    def trust(self, *providers: str) -> None:
        listed = [{"Arn": provider} for provider in providers]
        self.iam.add_response(
            "list_open_id_connect_providers", {"OpenIDConnectProviderList": listed}
        )

    def stack(self, status: str, name: str = NAME, **parameters: str) -> None:
        told = {
            "Parameters": [
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
            "StackName": name,
            "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
            "StackStatus": status,
        }
        self.cloudformation.add_response("describe_stacks", {"Stacks": [told]}, {"StackName": name})

    def absence(self, name: str = NAME) -> None:
        self.cloudformation.add_client_error(
            "describe_stacks",
            "ValidationError",
            f"Stack with id {name} does not exist",
            expected_params={"StackName": name},
        )

    def change(self, method: str, **expected: Any) -> None:
        request = {
            **ID,
            "TemplateBody": ANY,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            "Parameters": ANY,
            "Tags": ANY,
            **expected,
        }
        self.cloudformation.add_response(method, {"StackId": "id"}, request)


@pytest.fixture
def account(repository: Path, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> Account:
    with (repository / "config" / "stages.yml").open("a") as file:
        file.write(PROD_ELSEWHERE)
    made = {service: stub(service) for service in ("sts", "iam", "cloudformation")}
    monkeypatch.setattr("boto3.client", lambda service, **_: made[service][0])

    def run(*arguments: str) -> None:
        run_command("stage_account", "--stage", "prod", *arguments)

    return Account(run, *(stubber for _, stubber in made.values()))


def test_a_new_account_gets_roles_and_provider(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.sign_in()
    account.trust()
    account.absence()
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
    prefix = "repo:octo@1/Abalone-deploy@2"
    values = {
        "ProjectId": "p-abcdef123456",
        "ProjectName": "Abalone",
        "Stage": "prod",
        "ProjectAccount": ACCOUNT,
        "KmsKeyArn": key,
        "OpenIdConnectIssuer": ISSUER,
        "SubClaimPrefix": prefix,
        "SubClaim": f"{prefix}:environment:prod",
        "RepositoryId": "2",
        "ImageRepositoryArns": "",
        "SubnetArns": "",
        "SecurityGroupArns": "",
        "CreateOpenIdConnectProvider": "true",
        "RolePath": "/",
        "RolePrefix": "",
    }
    account.change(
        "create_stack",
        Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
    )
    account.stack("CREATE_COMPLETE")
    account.run()
    assert f"Stack {NAME} is created." in capsys.readouterr().out


def test_the_administrator_lets_the_endpoint_join_what_the_stage_names(
    project: ProjectSettings,
) -> None:
    stage = StageSettings.model_validate(
        {
            "name": "prod",
            "approval": "registry",
            "account": OTHER_ACCOUNT,
            "subnets": ["subnet-01234567", "subnet-89abcdef"],
            "security_groups": ["sg-01234567"],
            "serving": {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 1},
        }
    )
    values = parameters(project, stage, creates_provider=False)
    place = "arn:aws:ec2:eu-west-1:*"
    assert values["SubnetArns"].split(",") == [f"{place}:subnet/{id_}" for id_ in stage.subnets]
    assert values["SecurityGroupArns"] == f"{place}:security-group/sg-01234567"


def test_a_provider_that_is_there_is_not_made_twice(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.sign_in()
    account.trust(PROVIDER)
    account.stack("CREATE_COMPLETE")
    account.cloudformation.add_client_error(
        "update_stack", "ValidationError", "No updates are to be performed."
    )
    account.run()
    assert f"Stack {NAME} is up to date." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "known", "sent"),
    [
        ((), {}, None),
        ((), {"PermissionsBoundary": BOUNDARY}, {"UsePreviousValue": True}),
        (("--permissions-boundary", BOUNDARY), {}, {"ParameterValue": BOUNDARY}),
        (
            ("--permissions-boundary", BOUNDARY),
            {"PermissionsBoundary": "another"},
            {"ParameterValue": BOUNDARY},
        ),
    ],
)
def test_the_accounts_own_boundary_stays_until_another_is_named(
    account: Account, arguments: tuple[str, ...], known: dict[str, str], sent: dict[str, Any] | None
) -> None:
    requests: list[dict[str, Any]] = []
    account.cloudformation.client.meta.events.register(
        "provide-client-params.cloudformation.UpdateStack",
        lambda params, **_: requests.append(params),
    )
    account.sign_in()
    account.trust(PROVIDER)
    account.stack("CREATE_COMPLETE", **known)
    account.change("update_stack")
    account.stack("UPDATE_COMPLETE")
    account.run(*arguments)
    (request,) = requests
    found = [one for one in request["Parameters"] if one["ParameterKey"] == "PermissionsBoundary"]
    assert found == ([{"ParameterKey": "PermissionsBoundary", **sent}] if sent else [])


def test_a_stack_that_cannot_be_made_tells_why(account: Account) -> None:
    account.sign_in()
    account.trust()
    account.absence()
    account.change("create_stack")
    account.stack("ROLLBACK_COMPLETE")
    event = {
        "StackId": "id",
        "EventId": "1",
        "StackName": NAME,
        "LogicalResourceId": "Workflow",
        "ResourceStatus": "CREATE_FAILED",
        "ResourceStatusReason": "the role exists",
        "Timestamp": datetime(2026, 11, 1, tzinfo=UTC),
    }
    account.cloudformation.add_response("describe_stack_events", {"StackEvents": [event]}, ID)
    with pytest.raises(SystemExit, match=r"could not be made \(Workflow: the role exists\); rem"):
        account.run()


def test_credentials_of_another_account_are_refused(account: Account) -> None:
    account.sign_in(ACCOUNT)
    with pytest.raises(SystemExit) as error:
        account.run()
    assert str(error.value) == (
        f"error: These credentials are of account {ACCOUNT}, but stage prod lies in "
        f"{OTHER_ACCOUNT}; use credentials of that account, such as by AWS_PROFILE."
    )


def test_a_stage_without_an_account_of_its_own_needs_no_stack(account: Account) -> None:
    with pytest.raises(SystemExit, match="Stage dev lies in the project's account, which needs no"):
        account.run("--stage", "dev")


def test_roles_stay_as_long_as_the_endpoint_does(account: Account) -> None:
    account.sign_in()
    account.stack("UPDATE_COMPLETE", ENDPOINT)
    with pytest.raises(SystemExit, match="run the workflow Remove endpoint first"):
        account.run("--remove")


def test_roles_go_after_the_endpoint(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.sign_in()
    account.absence(ENDPOINT)
    account.stack("CREATE_COMPLETE")
    account.cloudformation.add_response("delete_stack", {}, ID)
    account.absence()
    account.run("--remove")
    assert capsys.readouterr().out == f"Stack {NAME} is removed.\n"
