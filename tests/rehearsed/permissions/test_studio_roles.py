"""Several roles of Studio in one account: whom the prerequisites allow, and whom a project lets in.

The stacks are the prerequisites and a project's data, without the rest of a project.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, DefaultStackSynthesizer, Stack
from aws_cdk.assertions import Template
from botocore.exceptions import ClientError

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.templates.pipeline_constructs.project_data import ProjectData
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, Keys, LocalAws
from tests.rehearsed.attacks.attack import DENIED, answer

_ROOT = Path(__file__).resolve().parents[3]
_PREREQUISITES = (_ROOT / "prerequisites" / "prerequisites.yml").read_text(encoding="utf-8")
_FIRST, _SECOND, _THIRD = _TEAMS = ("Team-A", "Team-B", "Team-C")
_DATA = ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy")
_STACK, _PROJECT = "project", "p-0123456789ab"
_ASKED = {
    "SageMakerProjectName": "abalone",
    "SageMakerProjectId": _PROJECT,
    "GithubUserName": "octo",
    "GithubAccessToken": "token",
}
_BUCKET, _KEY = names.bucket(_PROJECT), f"{names.DATA_FOLDER}mine.csv"
_CALLS: dict[str, dict[str, Any]] = {
    "put_object": {"Bucket": _BUCKET, "Key": _KEY, "Body": b"M,1"},
    "get_object": {"Bucket": _BUCKET, "Key": _KEY},
    "list_objects_v2": {"Bucket": _BUCKET, "Prefix": names.DATA_FOLDER},
}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    server = LocalAws(tmp_path_factory.mktemp("roles") / "state").start()
    yield server
    assert server.stop() == 0


@pytest.fixture(scope="module")
def people(local: LocalAws) -> dict[str, Keys]:
    """Somebody of each team, whose role may nothing of itself."""
    return {name: local.session(name)[1] for name in _TEAMS}


def _arn(team: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{team}"


def _prepare(local: LocalAws, stack: str, role_names: str) -> str:
    """Make the stack of the prerequisites; say how it ended."""
    given = {
        "ExecutionRoleArn": _arn(_FIRST),
        "ExecutionRoleName": role_names,
        "CreateOpenIdConnectProvider": "false",
    }
    local.client("cloudformation").create_stack(
        StackName=stack,
        TemplateBody=_PREREQUISITES,
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=_parameters(given),
    )
    return str(local.settled(stack)["StackStatus"])


def _parameters(given: dict[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]


@pytest.fixture(scope="module", params=[_FIRST, ",".join(_TEAMS)], ids=["one", "all"])
def prepared(
    local: LocalAws, people: dict[str, Keys], request: pytest.FixtureRequest
) -> Iterator[str]:
    """An account that was prepared for the role as the reference has it, or for several."""
    assert _prepare(local, "prerequisites", request.param) == "CREATE_COMPLETE"
    yield request.param
    assert local.delete_stack("prerequisites") == "DELETE_COMPLETE"


def test_both_policies_are_given_to_every_role_that_is_named(
    local: LocalAws, prepared: str
) -> None:
    iam = local.client("iam")
    given = {
        team: len(iam.list_attached_role_policies(RoleName=team)["AttachedPolicies"])
        for team in _TEAMS
    }
    assert given == {team: 2 if team in prepared.split(",") else 0 for team in _TEAMS}
    told = local.client("ssm").get_parameter(Name=names.EXECUTION_ROLE_PARAMETER)
    assert told["Parameter"]["Value"] == _arn(_FIRST)


@pytest.mark.parametrize("wrong", ["a/b", f"{_FIRST},a/b", f"{_FIRST},{'x' * 65}", "a*", ""])
def test_one_wrong_name_among_several_is_refused(local: LocalAws, wrong: str) -> None:
    with pytest.raises(ClientError, match="ExecutionRoleName"):
        _prepare(local, "refused", wrong)


def _project(*roles: str) -> str:
    """The template of a project's data, of a registration with these further roles."""
    plain = DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    stack = Stack(App(), "Project", synthesizer=plain)
    settings = Settings(aws_account=ACCOUNT, aws_region=REGION)
    parameters = ProjectParameters(stack, studio_roles=roles)
    ProjectData(stack, "Data", parameters=parameters, settings=settings)
    template = Template.from_stack(stack).to_json()
    kept = {id_: one for id_, one in template["Resources"].items() if one["Type"] in _DATA}
    return json.dumps({**template, "Resources": kept})


def _update(local: LocalAws, template: str, **given: str) -> str:
    """Update as Service Catalog does: what is not given stays."""
    known = json.loads(template)["Parameters"]
    stack = local.client("cloudformation").describe_stacks(StackName=_STACK)["Stacks"][0]
    kept = {one["ParameterKey"] for one in stack["Parameters"]} & known.keys() - given.keys()
    local.client("cloudformation").update_stack(
        StackName=_STACK,
        TemplateBody=template,
        Parameters=[
            *_parameters(given),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in sorted(kept)),
        ],
    )
    return str(local.settled(_STACK)["StackStatus"])


def _let_in(local: LocalAws, people: dict[str, Keys]) -> dict[str, str]:
    """Which calls are answered, for each team that gets an answer to any."""
    found = {}
    for team, keys in people.items():
        s3 = local.client("s3", keys)
        answers = {name: answer(getattr(s3, name), about) for name, about in _CALLS.items()}
        assert set(answers.values()) in ({"done"}, {*answers.values()} & DENIED), answers
        if set(answers.values()) == {"done"}:
            found[team] = "everything"
    return found


@pytest.fixture
def project(local: LocalAws, people: dict[str, Keys]) -> Iterator[LocalAws]:
    """A project of a registration that knows one role, which is the first team's."""
    local.client("ssm").put_parameter(
        Name=names.EXECUTION_ROLE_PARAMETER, Type="String", Value=_arn(_FIRST), Overwrite=True
    )
    local.client("cloudformation").create_stack(
        StackName=_STACK, TemplateBody=_project(), Parameters=_parameters(_ASKED)
    )
    assert local.settled(_STACK)["StackStatus"] == "CREATE_COMPLETE"
    yield local
    s3 = local.client("s3")
    for one in s3.list_object_versions(Bucket=_BUCKET).get("Versions", ()):
        s3.delete_object(Bucket=_BUCKET, Key=one["Key"], VersionId=one["VersionId"])
    local.delete_stack(_STACK)
    s3.delete_bucket(Bucket=_BUCKET)


def test_a_project_lets_in_the_team_that_it_chose_and_no_other(
    project: LocalAws, people: dict[str, Keys]
) -> None:
    template = _project(_arn(_SECOND), _arn(_THIRD))
    assert list(_let_in(project, people)) == [_FIRST]
    # An update to a registration with more roles changes nobody's project.
    assert _update(project, template) == "UPDATE_COMPLETE"
    assert list(_let_in(project, people)) == [_FIRST]
    assert _update(project, template, StudioRoleArn=_arn(_THIRD)) == "UPDATE_COMPLETE"
    assert list(_let_in(project, people)) == [_THIRD]
    # Nor does one to a registration with other roles beside, or another first one.
    project.client("ssm").put_parameter(
        Name=names.EXECUTION_ROLE_PARAMETER, Type="String", Value=_arn(_SECOND), Overwrite=True
    )
    assert _update(project, _project(_arn(_THIRD))) == "UPDATE_COMPLETE"
    assert list(_let_in(project, people)) == [_THIRD]


@pytest.mark.parametrize("role", [_arn("Team-D"), "*", _arn("*"), f"arn:aws:iam::{ACCOUNT}:root"])
def test_a_role_that_the_registration_does_not_name_is_let_in_nowhere(
    project: LocalAws, people: dict[str, Keys], role: str
) -> None:
    with pytest.raises(ClientError, match="StudioRoleArn"):
        _update(project, _project(_arn(_SECOND)), StudioRoleArn=role)
    assert list(_let_in(project, people)) == [_FIRST]


def test_a_role_that_is_taken_out_while_a_project_has_it_is_told(
    project: LocalAws, people: dict[str, Keys]
) -> None:
    template = _project(_arn(_SECOND), _arn(_THIRD))
    assert _update(project, template, StudioRoleArn=_arn(_THIRD)) == "UPDATE_COMPLETE"
    with pytest.raises(ClientError, match="StudioRoleArn"):
        _update(project, _project(_arn(_SECOND)))
    assert list(_let_in(project, people)) == [_THIRD]
