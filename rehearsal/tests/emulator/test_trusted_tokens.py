"""The roles' trust, as synthesized, against tokens of the shapes that GitHub signs.

Each trust policy of the templates is put into the local AWS, with the test's issuer in place of
github.com's, and each token is handed to its STS.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from botocore.exceptions import ClientError
from cfnlint.decode import cfn_yaml

from rehearsal.tests.emulator import issuer as issuers
from rehearsal.tests.emulator.issuer import KEY_ID, Issuer
from rehearsal.tests.emulator.local_aws import ACCOUNT, ROOT, LocalAws
from tests.synth.launched import DEFAULT_STAGES, launch_stages

_GITHUB_COM = "token.actions.githubusercontent.com"
_SYNTHESIZE = """
import sys
from aws_cdk import App
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.core_stage import CoreStage

app = App(outdir=sys.argv[1], analytics_reporting=False)
CoreStage(app, "dev", settings=Settings(aws_account=sys.argv[2], aws_region="eu-west-1"))
app.synth()
"""
_PLACES = list(enumerate(DEFAULT_STAGES, 1))
_IDS = {"build": "501", "deploy": "502", "template": "503"}
_MAIN, _DEV, _PROD = "ref:refs/heads/main", "environment:dev", "environment:prod"
_ELSEWHERE = "prod in its own account"
_ROLES = ("build", "dev", "prod", _ELSEWHERE, "dev without environments", "registration")


def _prefix(repository: str, *, owner_id: int = 1001, id_: str | None = None) -> str:
    return f"repo:octo@{owner_id}/rings-{repository}@{id_ or _IDS[repository]}"


def _claims(repository: str, context: str, **changed: Any) -> dict[str, Any]:
    """What GitHub signs for a job of the default branch, apart from times and issuer."""
    claims = {
        "sub": f"{_prefix(repository)}:{context}",
        "aud": "sts.amazonaws.com",
        "repository": f"octo/rings-{repository}",
        "repository_id": _IDS[repository],
        "repository_owner": "octo",
        "repository_owner_id": "1001",
        "ref": "refs/heads/main",
        "ref_type": "branch",
        "event_name": "push",
        "runner_environment": "github-hosted",
    }
    if context.startswith("environment:"):
        claims["environment"] = context.removeprefix("environment:")
    return claims | changed


# Each token, and the roles that it opens.
_TOKENS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "build, default branch": (_claims("build", _MAIN), {"build"}),
    "deploy, its environment": (
        _claims("deploy", _DEV),
        {"dev", "dev without environments"},
    ),
    "deploy, default branch": (_claims("deploy", _MAIN), {"dev without environments"}),
    "template, default branch": (_claims("template", _MAIN), {"registration"}),
    "build, an environment": (_claims("build", _DEV), set()),
    "build, other branch": (
        _claims("build", "ref:refs/heads/try", ref="refs/heads/try"),
        set(),
    ),
    "build, tag": (
        _claims("build", "ref:refs/tags/main", ref="refs/tags/main", ref_type="tag"),
        set(),
    ),
    "build, pull request of a fork": (
        _claims("build", "pull_request", ref="refs/pull/7/merge", event_name="pull_request"),
        set(),
    ),
    "build, legacy subject": (_claims("build", _MAIN, sub=f"repo:octo/rings-build:{_MAIN}"), set()),
    "build, renamed": (
        _claims("build", _MAIN, sub=f"repo:octo@1001/rings-new@501:{_MAIN}"),
        set(),
    ),
    "build, created again under its name": (
        _claims("build", _MAIN, sub=f"{_prefix('build', id_='900')}:{_MAIN}", repository_id="900"),
        set(),
    ),
    "build, name taken by another owner": (
        _claims("build", _MAIN, sub=f"{_prefix('build', owner_id=6666)}:{_MAIN}"),
        set(),
    ),
    "build, subject without its id": (_claims("build", _MAIN, repository_id="900"), set()),
    "build, subject of a customized form": (
        _claims("build", _MAIN, sub="repository_owner:octo"),
        set(),
    ),
    "build, a longer branch name": (
        _claims("build", "ref:refs/heads/main-2", ref="refs/heads/main-2"),
        set(),
    ),
    "deploy, environment of another stage": (
        _claims("deploy", _PROD),
        {"prod", _ELSEWHERE},
    ),
    "deploy, the other environment from a tag": (
        _claims("deploy", _PROD, ref="refs/tags/v1", ref_type="tag"),
        set(),
    ),
    "deploy, the other environment of a repository of that name": (
        _claims("deploy", _PROD, repository_id="901"),
        set(),
    ),
    "deploy, environment of no stage": (_claims("deploy", "environment:other"), set()),
    "deploy, its environment from another branch": (
        _claims("deploy", _DEV, ref="refs/heads/try"),
        set(),
    ),
    "deploy, its environment from a tag": (
        _claims("deploy", _DEV, ref="refs/tags/v1", ref_type="tag"),
        set(),
    ),
    "deploy, its environment from a pull request": (
        _claims("deploy", _DEV, ref="refs/pull/7/merge", event_name="pull_request"),
        set(),
    ),
    "deploy, legacy subject": (
        _claims("deploy", _DEV, sub=f"repo:octo/rings-deploy:{_DEV}"),
        set(),
    ),
    "template, other branch": (
        _claims("template", "ref:refs/heads/try", ref="refs/heads/try"),
        set(),
    ),
    "template, pull request": (
        _claims("template", "pull_request", ref="refs/pull/7/merge"),
        set(),
    ),
    "GitHub's own audience": (_claims("build", _MAIN, aud="https://github.com/octo"), set()),
    "expired": (_claims("build", _MAIN, exp=int(time.time()) - 5), set()),
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with issuers.serve() as issuer:
        yield issuer


@pytest.fixture(scope="module")
def roles(aws: LocalAws, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """ARN of each role, whose trust policy is that of the templates."""
    properties = {"Url": issuer.url, "ClientIdList": ["sts.amazonaws.com"]}
    resources = {"Provider": {"Type": "AWS::IAM::OIDCProvider", "Properties": properties}}
    assert aws.stack("tokens-oidc", resources)["StackStatus"] == "CREATE_COMPLETE"
    product = _product(tmp_path_factory.mktemp("synthesis"))
    deploy = _prefix("deploy")
    trusts = {
        "build": _trust(product, "build", ""),
        "dev": _trust(product, "deploy-dev", f"{deploy}:{_DEV}"),
        "prod": _trust(product, "deploy-prod", f"{deploy}:{_PROD}"),
        _ELSEWHERE: _stage_account_trust(f"{deploy}:{_PROD}"),
        "dev without environments": _trust(product, "deploy-dev", f"{deploy}:{_MAIN}"),
        "registration": _registration_trust(),
    }
    yield {
        name: aws.role(
            f"trusts-{name.replace(' ', '-')}",
            json.loads(text.replace(_GITHUB_COM, issuer.host))["Statement"][0],
        )
        for name, text in trusts.items()
    }
    assert aws.delete_stack("tokens-oidc") == "DELETE_COMPLETE"


@pytest.mark.parametrize("role", _ROLES)
@pytest.mark.parametrize("name", _TOKENS)
def test_exactly_the_right_tokens_open_a_role(
    aws: LocalAws, issuer: Issuer, roles: dict[str, str], name: str, role: str
) -> None:
    claims, opens = _TOKENS[name]
    assert _opens(aws, roles[role], issuer.token(**claims)) == (role in opens)


@pytest.mark.parametrize("role", _ROLES)
def test_no_token_of_another_signer_opens_a_role(
    aws: LocalAws, issuer: Issuer, roles: dict[str, str], role: str
) -> None:
    right = next(claims for claims, opens in _TOKENS.values() if role in opens)
    assert _opens(aws, roles[role], issuer.token(**right))
    assert not _opens(aws, roles[role], issuer.token(issuers.new_key(), **right))
    now = int(time.time())
    body = {**right, "iss": issuer.url, "iat": now, "exp": now + 300}
    unsigned = jwt.encode(body, None, algorithm="none", headers={"kid": KEY_ID})
    shared = jwt.encode(body, "a secret of thirty-two bytes or more", algorithm="HS256")
    with issuers.serve() as other:
        foreign = other.token(**right)
        for token in (unsigned, shared, foreign, ""):
            assert not _opens(aws, roles[role], token)


def _product(outdir: Path) -> dict[str, Any]:
    subprocess.run(
        [sys.executable, "-c", _SYNTHESIZE, str(outdir), ACCOUNT],
        cwd=ROOT,
        check=True,
        timeout=120,
    )
    (file,) = outdir.glob("assembly-dev/*.product.template.json")
    template: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return launch_stages(template)


def _trust(template: dict[str, Any], duty: str, environment_subject: str) -> str:
    """Trust policy of a workflow role, with the attributes that the function would return."""
    (properties,) = (
        resource["Properties"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        and json.dumps(resource["Properties"]["RoleName"]).endswith(f'-{duty}"]]}}')
    )
    repository, _, stage = duty.partition("-")
    attributes = {
        "RepositoryId": _IDS[repository],
        "SubClaimPrefix": _prefix(repository),
        **{f"StageClaim.{n}": environment_subject for n, name in _PLACES if name == stage},
    }
    document = _resolved(properties["AssumeRolePolicyDocument"], attributes)
    return json.dumps(document)


def _stage_account_trust(environment_subject: str) -> str:
    template = yaml.safe_load((ROOT / "seed_code/deploy_app/stage_account.yml").read_text("utf-8"))
    parameters = {
        "OpenIdConnectIssuer": _GITHUB_COM,
        "RepositoryId": _IDS["deploy"],
        "Stage": "prod",
        "SubClaim": environment_subject,
        "SubClaimPrefix": _prefix("deploy"),
    }
    properties = template["Resources"]["Workflow"]["Properties"]
    return str(_resolved(properties["AssumeRolePolicyDocument"], parameters))


def _resolved(value: Any, attributes: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, attributes) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::GetAtt" in value:
        return attributes[value["Fn::GetAtt"][1]]
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(_resolved(parts, attributes))
    if "Ref" in value:
        pseudo_parameters = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT}
        return (pseudo_parameters | attributes)[value["Ref"]]
    return {key: _resolved(item, attributes) for key, item in value.items()}


def _registration_trust() -> str:
    path = ROOT / "prerequisites" / "prerequisites.yml"
    template = json.loads(json.dumps(cfn_yaml.load(str(path))))
    text: str = template["Resources"]["RegistrationRole"]["Properties"]["AssumeRolePolicyDocument"][
        "Fn::Sub"
    ]
    values = {
        "AWS::Partition": "aws",
        "AWS::AccountId": ACCOUNT,
        "OpenIdConnectIssuer": _GITHUB_COM,
        "RepositorySubject": _prefix("template"),
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return text


def _opens(aws: LocalAws, role: str, token: str) -> bool:
    try:
        aws.client("sts").assume_role_with_web_identity(
            RoleArn=role, RoleSessionName="run", WebIdentityToken=token or "none"
        )
    except ClientError as error:
        refused = error.response["Error"]["Code"]
        assert refused in ("AccessDenied", "ExpiredTokenException", "InvalidIdentityToken")
        return False
    return True
