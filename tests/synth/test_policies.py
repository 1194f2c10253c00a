"""Every policy of every template: named actions on named ARNs, and reasons for the rest."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.decode import cfn_yaml

# Actions that know no resource, or are narrowed by a condition instead.
_NO_RESOURCE = {
    "application-autoscaling:DescribeScalableTargets",
    "application-autoscaling:DescribeScalingPolicies",
    "application-autoscaling:DescribeScheduledActions",
    "cloudformation:GetTemplateSummary",
    "cloudformation:ValidateTemplate",
    "cloudwatch:GetMetricData",
    "cloudwatch:PutMetricData",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecr:GetAuthorizationToken",
    "tag:GetResources",
    "kms:CreateKey",
    "kms:ListAliases",
    "kms:TagResource",
    "s3:GetObject",
    "sagemaker:ListModelPackageGroups",
    "sagemaker:ListModelPackages",
    "sagemaker:ListPipelines",
    "sagemaker:ListProjects",
    "servicecatalog:DescribeProvisionedProduct",
    "servicecatalog:DescribeProvisioningArtifact",
    "servicecatalog:DescribeProvisioningParameters",
    "servicecatalog:DescribeRecord",
    "servicecatalog:ScanProvisionedProducts",
    "servicecatalog:SearchProducts",
    "servicecatalog:SearchProductsAsAdmin",
    "servicecatalog:SearchProvisionedProducts",
    "servicecatalog:TerminateProvisionedProduct",
    "servicecatalog:UpdateProvisionedProduct",
}
_SHOWN_STAGE = "dev"
_NARROWED = {"cloudwatch:PutMetricData", "kms:CreateKey", "kms:TagResource", "s3:GetObject"}
# What the launch role must be able to make: one action of each type that a project consists of.
_MAKES = {
    "AWS::IAM::Role": "iam:CreateRole",
    "AWS::KMS::Alias": "kms:CreateAlias",
    "AWS::KMS::Key": "kms:CreateKey",
    "AWS::S3::Bucket": "s3:CreateBucket",
    "AWS::S3::BucketPolicy": "s3:PutBucketPolicy",
    "AWS::SSM::Parameter": "ssm:PutParameter",
    "AWS::SageMaker::ModelPackageGroup": "sagemaker:CreateModelPackageGroup",
    "AWS::SecretsManager::Secret": "secretsmanager:CreateSecret",
    "Custom::GitHubRepository": "lambda:InvokeFunction",
    "Custom::GitHubRepositoryContent": "lambda:InvokeFunction",
    "Custom::ProjectData": "lambda:InvokeFunction",
    "Custom::ProjectEndpoints": "lambda:InvokeFunction",
}


@pytest.fixture(scope="module")
def prerequisites() -> dict[str, Any]:
    """Template of the prerequisites, with short forms written out."""
    path = Path(__file__).resolve().parents[2] / "prerequisites" / "prerequisites.yml"
    template: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(str(path))))
    return template


@pytest.fixture(scope="module")
def of_project_account(registration: Any, product: Any, prerequisites: Any) -> list[dict[str, Any]]:
    """The templates of which stacks are made in the project's account."""
    return [registration, product, prerequisites]


@pytest.fixture(scope="module")
def templates(of_project_account: list[Any], stage_account: Any) -> list[dict[str, Any]]:
    """All templates of the project."""
    return [*of_project_account, stage_account]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _statements(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Statements of identity policies."""
    for resource in template["Resources"].values():
        properties = resource["Properties"]
        for policy in properties.get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]
        if resource["Type"] in ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
            yield from properties["PolicyDocument"]["Statement"]


def test_no_policy_is_managed_by_aws(templates: list[dict[str, Any]]) -> None:
    for template in templates:
        text = json.dumps(template)
        assert "ManagedPolicyArns" not in text
        assert ":iam::aws:policy/" not in text


def test_actions_are_named(templates: list[dict[str, Any]]) -> None:
    wild = [
        action
        for template in templates
        for statement in _statements(template)
        for action in _list(statement["Action"])
        if "*" in action or "NotAction" in statement
    ]
    assert wild == []


def test_all_resources_are_meant_only_where_none_can_be_named(
    templates: list[dict[str, Any]],
) -> None:
    for template in templates:
        for statement in _statements(template):
            if "*" not in _list(statement["Resource"]):
                continue
            actions = set(_list(statement["Action"]))
            assert actions <= _NO_RESOURCE
            assert "Condition" in statement or not actions & _NARROWED


def test_arns_hold_in_every_partition(templates: list[dict[str, Any]]) -> None:
    for template in templates:
        for statement in _statements(template):
            assert '"arn:aws:' not in json.dumps(statement["Resource"])


def test_role_is_passed_to_one_service(templates: list[dict[str, Any]]) -> None:
    passing = [
        statement
        for template in templates
        for statement in _statements(template)
        if "iam:PassRole" in _list(statement["Action"])
    ]
    assert passing
    for statement in passing:
        assert statement["Action"] == "iam:PassRole"
        services = _list(statement["Condition"]["StringEquals"]["iam:PassedToService"])
        assert set(services) <= {"cloudformation.amazonaws.com", "sagemaker.amazonaws.com"}


def test_launch_role_can_make_all_that_a_project_consists_of(
    registration: dict[str, Any], product: dict[str, Any]
) -> None:
    (role,) = (
        resource
        for resource in registration["Resources"].values()
        if resource["Properties"].get("RoleName") == "mlops-sm-project-launch"
    )
    allowed = {
        action
        for statement in _statements({"Resources": {"role": role}})
        for action in _list(statement["Action"])
    }
    types = {resource["Type"] for resource in product["Resources"].values()}
    assert types == _MAKES.keys()
    assert {_MAKES[type_] for type_ in types} <= allowed
    assert "iam:GetRole" in allowed, "CloudFormation reads a role before it goes on"


def _of_function(registration: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    """Statements of the role of a function."""
    (function,) = (
        resource
        for resource in registration["Resources"].values()
        if resource["Properties"].get("FunctionName") == name
        and resource["Type"] == "AWS::Lambda::Function"
    )
    role = function["Properties"]["Role"]["Fn::GetAtt"][0]
    return _statements({"Resources": {"role": registration["Resources"][role]}})


def _resource_of(statements: Iterator[dict[str, Any]], action: str) -> str:
    (statement,) = (s for s in statements if action in _list(s["Action"]))
    return json.dumps(statement["Resource"])


def test_repository_function_may_invoke_itself_alone(registration: dict[str, Any]) -> None:
    statements = _of_function(registration, "mlops-sm-project-repository")
    resource = _resource_of(statements, "lambda:InvokeFunction")
    assert resource.endswith(':function:mlops-sm-project-repository"]]}')


def test_dispatch_function_may_invoke_itself_alone(registration: dict[str, Any]) -> None:
    statements = _of_function(registration, "mlops-sm-project-dispatch")
    resource = _resource_of(statements, "lambda:InvokeFunction")
    assert resource.endswith(':function:mlops-sm-project-dispatch"]]}')


def test_dispatch_function_reaches_its_table_alone(registration: dict[str, Any]) -> None:
    statements = list(_of_function(registration, "mlops-sm-project-dispatch"))
    of_tables = [s for s in statements if "dynamodb" in json.dumps(s["Action"])]
    assert [sorted(s["Action"]) for s in of_tables] == [
        [f"dynamodb:{verb}Item" for verb in ("Get", "Put", "Update")]
    ]
    assert ":table/mlops-sm-project-approvals" in json.dumps(of_tables[0]["Resource"])
    packages = _resource_of(iter(statements), "sagemaker:DescribeModelPackage")
    assert ":model-package/*-p-*/*" in packages


def test_dispatch_function_may_annotate_a_version_but_not_decide_about_it(
    registration: dict[str, Any],
) -> None:
    (statement,) = (
        s
        for s in _of_function(registration, "mlops-sm-project-dispatch")
        if s["Action"] == "sagemaker:UpdateModelPackage"
    )
    assert statement["Condition"] == {"Null": {"sagemaker:ModelApprovalStatus": "true"}}


def test_token_function_writes_metrics_of_one_namespace(registration: dict[str, Any]) -> None:
    statements = list(_of_function(registration, "mlops-sm-project-tokens"))
    (metrics,) = (s for s in statements if s["Action"] == "cloudwatch:PutMetricData")
    assert metrics["Condition"] == {
        "StringEquals": {"cloudwatch:namespace": "MLOpsSageMakerProject"}
    }
    parameters = _resource_of(iter(statements), "ssm:GetParametersByPath")
    assert ':parameter/mlops-sm-project"' in parameters
    assert ':parameter/mlops-sm-project/*"' in parameters


@pytest.mark.parametrize("name", ["mlops-sm-project-repository", "mlops-sm-project-tokens"])
def test_a_function_that_hands_work_on_may_invoke_itself_alone(
    registration: dict[str, Any], name: str
) -> None:
    statements = _of_function(registration, name)
    (own,) = (s for s in statements if s["Action"] == "lambda:InvokeFunction")
    (resource,) = _list(own["Resource"])
    assert f":function:{name}" in str(resource)
    assert "*" not in str(resource)


def test_clean_up_deletes_endpoint_stacks_of_projects_alone(registration: dict[str, Any]) -> None:
    statements = _of_function(registration, "mlops-sm-project-data")
    resource = _resource_of(statements, "cloudformation:DeleteStack")
    assert ":stack/mlops-p-*-*/*" in resource


def test_registration_role_may_take_bootstrap_roles_and_nothing_else(
    prerequisites: dict[str, Any],
) -> None:
    role = prerequisites["Resources"]["RegistrationRole"]
    (statement,) = _statements({"Resources": {"role": role}})
    assert statement["Action"] == "sts:AssumeRole"
    for resource in _list(statement["Resource"]):
        assert ":role/cdk-${BootstrapQualifier}-" in resource["Fn::Sub"]


def test_registration_role_trusts_one_branch_of_one_repository(
    prerequisites: dict[str, Any],
) -> None:
    role = prerequisites["Resources"]["RegistrationRole"]["Properties"]
    assert role["RoleName"] == {"Fn::Sub": "${RolePrefix}mlops-sm-project-registration"}
    text = role["AssumeRolePolicyDocument"]["Fn::Sub"]
    for name, value in (
        ("OpenIdConnectIssuer", "issuer"),
        ("RepositorySubject", "repo:o@1/r@2"),
    ):
        text = text.replace(f"${{{name}}}", value)
    (statement,) = json.loads(text)["Statement"]
    assert statement["Condition"] == {
        "StringEquals": {
            "issuer:aud": "sts.amazonaws.com",
            "issuer:sub": "repo:o@1/r@2:ref:refs/heads/main",
        }
    }


def _resolved(value: Any) -> Any:
    """A template's value with the longest pseudo parameters that AWS has put in."""
    longest = {
        "AWS::AccountId": "111122223333",
        "AWS::Partition": "aws-us-gov",
        "AWS::Region": "ap-southeast-2",
    }
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "Ref" in value:
        return longest[value["Ref"]]
    if "Fn::Join" in value:
        return value["Fn::Join"][0].join(_resolved(value["Fn::Join"][1]))
    return {key: _resolved(item) for key, item in value.items()}


def test_each_boundary_fits_into_a_managed_policy(registration: dict[str, Any]) -> None:
    """IAM's quota: 6,144 characters without white space."""
    boundaries = [
        resource["Properties"]["PolicyDocument"]
        for resource in registration["Resources"].values()
        if resource["Type"] == "AWS::IAM::ManagedPolicy"
    ]
    assert len(boundaries) == 3
    for boundary in boundaries:
        assert len(json.dumps(_resolved(boundary), separators=(",", ":"))) <= 6144


def test_every_role_of_a_project_is_bounded(product: dict[str, Any]) -> None:
    roles = [r for r in product["Resources"].values() if r["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 8
    others = {"execution": "execution-boundary", "reader": "data-locations"}
    for role in roles:
        duty = re.findall(r"-(\w+)\W*$", json.dumps(role["Properties"]["RoleName"]))[0]
        boundary = json.dumps(role["Properties"]["PermissionsBoundary"])
        assert f":policy/mlops-sm-project-{others.get(duty, 'boundary')}" in boundary
        tags = {tag["Key"]: tag["Value"] for tag in role["Properties"]["Tags"]}
        assert tags["mlops-project-id"] == {"Ref": "SageMakerProjectId"}


def test_the_launch_role_makes_no_role_without_the_boundary(registration: dict[str, Any]) -> None:
    free = {"iam:CreateRole", "iam:PutRolePolicy", "iam:PutRolePermissionsBoundary"}
    (role,) = (
        resource
        for resource in registration["Resources"].values()
        if resource["Properties"].get("RoleName") == "mlops-sm-project-launch"
    )
    statements = list(_statements({"Resources": {"role": role}}))
    bounded = [s for s in statements if free & set(_list(s["Action"]))]
    assert bounded
    for statement in bounded:
        assert "iam:PermissionsBoundary" in statement["Condition"]["StringEquals"]
    allowed = {action for statement in statements for action in _list(statement["Action"])}
    assert not allowed & {
        "iam:AttachRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PassRole",
    }


def test_the_counts_of_what_is_granted(templates: list[dict[str, Any]]) -> None:
    """Statements, actions in them, statements on `*`: a change of what the roles may do shows."""
    statements = [
        statement
        for template in templates
        for statement in _statements(template)
        if statement["Effect"] == "Allow"
    ]
    granted = [action for s in statements for action in _list(s["Action"])]
    on_everything = [s for s in statements if "*" in _list(s["Resource"])]
    assert (len(statements), len(granted), len(on_everything)) == (235, 641, 31)


def test_the_page_of_permissions_lists_what_the_roles_are_granted(
    of_project_account: list[dict[str, Any]],
) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "permissions.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w-]+:\w+)` \|", page, re.MULTILINE)
    granted = [
        action
        for template in of_project_account
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role" and _stage_of(resource) in ("", _SHOWN_STAGE)
        for statement in _statements({"Resources": {name: resource}})
        for action in _list(statement["Action"])
    ]
    assert sorted(rows) == sorted(granted)


def _stage_of(role: dict[str, Any]) -> str:
    """The stage of a role; empty if it is none's."""
    found = re.search(r"-(dev|staging|prod)\W*$", json.dumps(role["Properties"].get("RoleName")))
    return found[1] if found else ""


@pytest.mark.parametrize("stage", ["staging", "prod"])
def test_the_roles_of_each_stage_are_granted_the_same_under_their_own_names(
    product: dict[str, Any], stage: str
) -> None:
    """So the page of permissions shows those of one stage."""
    shown = _grants_by_role(product, _SHOWN_STAGE)
    assert len(shown) == 2
    assert _grants_by_role(product, stage) == shown


def _grants_by_role(product: dict[str, Any], stage: str) -> dict[str, str]:
    """Policies of a stage's roles, with the stage's name left out."""
    roles = {n: r for n, r in product["Resources"].items() if r["Type"] == "AWS::IAM::Role"}
    names = {id_: json.dumps(role["Properties"]["RoleName"]) for id_, role in roles.items()}
    granted = {}
    for id_, role in roles.items():
        if _stage_of(role) == stage:
            text = json.dumps(role["Properties"]["Policies"])
            for other, name in names.items():
                text = text.replace(f'"{other}"', name)
            granted[re.sub(rf"\b{stage}\b", "*", names[id_])] = re.sub(rf"\b{stage}\b", "*", text)
    return granted
