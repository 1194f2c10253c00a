"""The project stack: what a data scientist launches."""

import re
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import (
    GithubRepository,
)
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from tests.synth.project_resources import (
    ID,
    NAME,
    STAGES,
    find,
    find_content,
    find_role,
    mentioned,
    render,
)

OWNERS_SECRET = "mlops-sm-project/owner/{GithubUserName}/github-token"
_UNTAGGED = ("Custom::", "AWS::KMS::Alias", "AWS::S3::BucketPolicy")


@pytest.fixture(scope="module")
def template(product: dict[str, Any]) -> Template:
    """Assertions on the template."""
    return Template.from_json(product)


@pytest.mark.parametrize(
    ("parameter", "good", "bad"),
    [
        (
            "SageMakerProjectName",
            ["a", "abalone", "Git-Hub--9"],
            ["", "-a", "a-", "a_b", "a b", "ä"],
        ),
        (
            "SageMakerProjectId",
            ["p-0123456789ab"],
            ["p-0123456789AB", "p-0123456789a", "0123456789ab", "p-0123456789abc"],
        ),
        (
            "GithubUserName",
            ["octocat", "my-org", "octo_corp"],
            ["", "@octocat", "a/b", "-a", "a" * 40, "https://github.com/a"],
        ),
        (
            "GithubAccessToken",
            ["ghp_abcDEF123", "github_pat_11A_b", "v1.0a", ""],
            ["ghp abc", "ghp_abc\n", "ghp_é"],
        ),
        (
            "StageAccounts",
            ["", "111122223333", "111122223333,444455556666", "111111111111,111111111112"],
            [
                "111122223333,",
                "1111",
                "111122223333, 444455556666",
                "111122223333,111122223333",
                "444455556666,111122223333,777788889999,111122223333",
            ],
        ),
    ],
)
def test_parameter_refuses_what_would_fail_later(
    product: dict[str, Any], parameter: str, good: list[str], bad: list[str]
) -> None:
    pattern = product["Parameters"][parameter]["AllowedPattern"]
    assert [text for text in good if not re.fullmatch(pattern, text)] == []
    assert [text for text in bad if re.fullmatch(pattern, text)] == []
    assert product["Parameters"][parameter]["ConstraintDescription"]


def test_only_the_token_is_hidden(product: dict[str, Any]) -> None:
    hidden = [name for name, spec in product["Parameters"].items() if spec.get("NoEcho")]
    assert hidden == ["GithubAccessToken"]
    assert product["Parameters"]["SageMakerProjectName"]["MaxLength"] == 32


def test_three_parameters_have_to_be_filled_in(product: dict[str, Any]) -> None:
    required = {name for name, spec in product["Parameters"].items() if "Default" not in spec}
    assert required == {
        "SageMakerProjectName",
        "SageMakerProjectId",
        "GithubUserName",
    }
    choices = product["Parameters"]
    assert choices["RepositoriesOnDelete"]["Default"] == "archive"
    assert choices["RepositoriesOnDelete"]["AllowedValues"] == ["archive", "delete", "keep"]
    assert choices["DataOnDelete"]["Default"] == "keep"
    assert choices["DataOnDelete"]["AllowedValues"] == ["keep", "delete"]


def test_token_goes_into_the_secret_and_nowhere_else(resources: dict[str, Any]) -> None:
    users = [
        logical_id
        for logical_id, resource in resources.items()
        if "GithubAccessToken" in set(mentioned(resource["Properties"]))
    ]
    secret, properties = find(
        resources,
        "AWS::SecretsManager::Secret",
        Name=f"mlops-sm-project/{ID}/github-token",
    )
    assert users == [secret]
    assert properties["SecretString"] == {"Ref": "GithubAccessToken"}


def test_bucket_is_encrypted_closed_and_versioned(resources: dict[str, Any]) -> None:
    bucket_id, bucket = find(resources, "AWS::S3::Bucket", BucketName=f"mlops-sm-project-{ID}")
    key_id, key = find(resources, "AWS::KMS::Key")
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule == {
        "BucketKeyEnabled": True,
        "ServerSideEncryptionByDefault": {
            "KMSMasterKeyID": {"Fn::GetAtt": [key_id, "Arn"]},
            "SSEAlgorithm": "aws:kms",
        },
    }
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert key["EnableKeyRotation"] is True
    _, alias = find(resources, "AWS::KMS::Alias", AliasName=f"alias/mlops-sm-project-{ID}")
    assert render(alias["TargetKeyId"]) in (f"{{{key_id}}}", f"{{{key_id}.Arn}}")
    _, policy = find(resources, "AWS::S3::BucketPolicy", Bucket=f"{{{bucket_id}}}")
    denied, *_ = policy["PolicyDocument"]["Statement"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_data_is_retained_unless_the_launch_fails(resources: dict[str, Any]) -> None:
    retained = {
        resource["Type"]
        for resource in resources.values()
        if resource.get("DeletionPolicy") == "RetainExceptOnCreate"
        and resource.get("UpdateReplacePolicy") == "Retain"
    }
    assert retained == {
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::SageMaker::ModelPackageGroup",
    }


def test_everything_that_takes_tags_carries_the_project(resources: dict[str, Any]) -> None:
    for logical_id, resource in resources.items():
        if resource["Type"].startswith(_UNTAGGED):
            continue
        tags = resource["Properties"]["Tags"]
        if isinstance(tags, list):
            tags = {tag["Key"]: tag["Value"] for tag in tags}
        project_id = {"Ref": "SageMakerProjectId"}
        assert tags == {
            "sagemaker:project-id": project_id,
            "sagemaker:project-name": {"Ref": "SageMakerProjectName"},
            **({"mlops-project-id": project_id} if resource["Type"] == "AWS::IAM::Role" else {}),
        }, logical_id


def test_custom_resource_waits_as_long_as_its_function_may_take(resources: dict[str, Any]) -> None:
    functions = {
        "Custom::GitHubRepository": "mlops-sm-project-repository",
        "Custom::GitHubRepositoryContent": "mlops-sm-project-repository",
        "Custom::ProjectData": "mlops-sm-project-data",
        "Custom::ProjectEndpoints": "mlops-sm-project-data",
    }
    custom = [r for r in resources.values() if r["Type"].startswith("Custom::")]
    assert {resource["Type"] for resource in custom} == functions.keys()
    for resource in custom:
        token = render(resource["Properties"]["ServiceToken"])
        assert token.endswith(f":function:{functions[resource['Type']]}")
        assert int(resource["Properties"]["ServiceTimeout"]) == 3600


def test_a_stage_reports_as_itself_and_changes_its_own_stack(resources: dict[str, Any]) -> None:
    for stage in STAGES:
        _, role = find_role(resources, f"deploy-{stage}")
        documents = {p["PolicyName"]: p["PolicyDocument"]["Statement"] for p in role["Policies"]}
        (report,) = documents["report"]
        source = report["Condition"]["StringEquals"]["events:source"]
        assert render(source) == f"mlops-sm-project.{ID}.{stage}"
        change = documents["deploy"][0]
        assert render(change["Resource"]).endswith(f":stack/mlops-{ID}-{stage}/*")


@pytest.mark.parametrize("name", ["endpoint", "scale"])
@pytest.mark.parametrize("stage", STAGES)
def test_what_cloudformation_makes_carries_its_stage(
    resources: dict[str, Any], stage: str, name: str
) -> None:
    _, role = find_role(resources, f"cloudformation-{stage}")
    (policy,) = (p for p in role["Policies"] if p["PolicyName"] == name)
    made, tagged, changed, *_ = policy["PolicyDocument"]["Statement"]
    asked, standing = (
        {
            f"{key}/sagemaker:project-id": {"Ref": "SageMakerProjectId"},
            f"{key}/mlops:stage": stage,
        }
        for key in ("aws:RequestTag", "aws:ResourceTag")
    )
    assert made["Condition"]["StringEquals"] == asked
    assert tagged["Condition"]["StringEquals"].items() >= asked.items()
    assert changed["Condition"]["StringEquals"] == standing


@pytest.mark.parametrize(
    ("duty", "environments", "subjects"),
    [
        ("build", [], ["{%s.SubClaimPrefix}:ref:refs/heads/main"]),
        *(
            (
                f"deploy-{stage}",
                list(STAGES),
                [f"{{%s.SubClaimPrefix}}:environment:{stage}", f"{{%s.StageClaim.{place}}}"],
            )
            for place, stage in enumerate(STAGES, start=1)
        ),
    ],
)
def test_role_trusts_the_workflows_of_its_own_repository(
    resources: dict[str, Any], duty: str, environments: list[str], subjects: list[str]
) -> None:
    kind, _, _ = duty.partition("-")
    repository, properties = find(resources, "Custom::GitHubRepository", Name=f"{NAME}-{kind}")
    assert properties["Environments"] == environments
    assert properties["OnDelete"] == {"Ref": "RepositoriesOnDelete"}
    _, role = find_role(resources, duty)
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    issuer = "token.actions.githubusercontent.com"
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert render(statement["Principal"]["Federated"]).endswith(f":oidc-provider/{issuer}")
    assert statement["Condition"].keys() == {"StringEquals"}
    claims = statement["Condition"]["StringEquals"]
    assert claims[f"{issuer}:aud"] == "sts.amazonaws.com"
    assert render(claims[f"{issuer}:repository_id"]) == f"{{{repository}.RepositoryId}}"
    assert claims[f"{issuer}:ref"] == "refs/heads/main"
    trusted = claims[f"{issuer}:sub"]
    trusted = trusted if isinstance(trusted, list) else [trusted]
    assert [render(subject) for subject in trusted] == [
        subject % repository for subject in subjects
    ]


def test_role_of_an_enterprise_server_compares_the_id_where_there_is_one() -> None:
    settings = Settings(
        aws_account="111122223333",
        aws_region="eu-west-1",
        github_server_url="https://github.example.com",
    )
    stack = Stack(App(), "Stack")
    repository = GithubRepository(
        stack,
        "Github",
        parameters=ProjectParameters(stack),
        name="abalone-build",
        description="",
        token_secret_arn="arn",
    )
    trusted = repository.workflows(settings)
    iam.Role(stack, "Role", assumed_by=trusted)
    ((_, role),) = Template.from_stack(stack).find_resources("AWS::IAM::Role").items()
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    issuer = "github.example.com/_services/token"
    assert statement["Condition"]["StringEquals"].keys() == {f"{issuer}:aud", f"{issuer}:sub"}
    assert statement["Condition"]["StringEqualsIfExists"].keys() == {
        f"{issuer}:ref",
        f"{issuer}:repository_id",
    }


_WHAT_A_STAGE_ACCOUNT_TRUSTS = (
    "OIDC_ISSUER",
    "REPOSITORY_ID",
    "SUB_CLAIM_PREFIX",
    "SUB_CLAIM_PROD",
    "SUB_CLAIM_STAGING",
    "ENVIRONMENTS",
)
_SHARED_CONFIGURATION = {
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "PROJECT_NAME": NAME,
    "PROJECT_ID": ID,
    "MODEL_PACKAGE_GROUP_NAME": f"{NAME}-{ID}",
}


@pytest.mark.parametrize(
    ("duty", "own"),
    [
        ("build", {"APPROVAL_TABLE", "PIPELINE_NAME", "READER_ROLE_ARN", "WORKFLOW_ROLE_ARN"}),
        (
            "deploy",
            {
                "APPROVAL_GATE",
                "GITHUB_CREDENTIAL",
                "PROJECT_STAGES",
                *_WHAT_A_STAGE_ACCOUNT_TRUSTS,
            },
        ),
    ],
)
def test_repository_learns_what_its_workflows_need(
    resources: dict[str, Any], duty: str, own: set[str]
) -> None:
    _, content = find_content(resources, duty)
    configuration = {name: render(value) for name, value in content["Configuration"].items()}
    assert configuration.keys() == _SHARED_CONFIGURATION.keys() | own | {
        "EXECUTION_ROLE_ARN",
        "ARTIFACT_BUCKET",
        "KMS_KEY_ARN",
    }
    assert configuration.items() >= _SHARED_CONFIGURATION.items()
    if "WORKFLOW_ROLE_ARN" in own:  # the deploy repository derives its stages' roles
        role, _ = find_role(resources, duty)
        assert configuration["WORKFLOW_ROLE_ARN"] == f"{{{role}.Arn}}"
    bucket = "mlops-sm-project-versions-{AWS::AccountId}-{AWS::Region}"
    assert render(content["SeedBucket"]) == bucket
    assert re.fullmatch(r"[0-9a-f]{64}\.zip", content["SeedKey"])


def test_repositories_get_different_seed_code(resources: dict[str, Any]) -> None:
    keys = {find_content(resources, duty)[1]["SeedKey"] for duty in ("build", "deploy")}
    assert len(keys) == 2


def test_dispatch_function_finds_the_project(resources: dict[str, Any]) -> None:
    _, parameter = find(resources, "AWS::SSM::Parameter", Name=f"/mlops-sm-project/{NAME}-{ID}")
    secret, _ = find(resources, "AWS::SecretsManager::Secret")
    assert render(parameter["Value"]) == (
        '{"owner":"{GithubUserName}",'
        f'"build_repository":"{NAME}-build","deploy_repository":"{NAME}-deploy",'
        '"deploy_workflow":"deploy.yml","default_branch":"main",'
        f'"token_secret_arn":"{{{{{secret}}} or {OWNERS_SECRET}}}"}}'
    )


def test_a_project_without_a_token_has_no_secret_and_is_told_the_owners(
    product: dict[str, Any], resources: dict[str, Any]
) -> None:
    has_token = {"Fn::Not": [{"Fn::Equals": [{"Ref": "GithubAccessToken"}, ""]}]}
    assert product["Conditions"]["HasToken"] == has_token
    secret, _ = find(resources, "AWS::SecretsManager::Secret")
    conditional = {name for name, one in resources.items() if "Condition" in one}
    assert secret in conditional
    assert resources[secret]["Condition"] == "HasToken"
    for type_ in ("Custom::GitHubRepository", "Custom::GitHubRepositoryContent"):
        told = [one["Properties"] for one in resources.values() if one["Type"] == type_]
        assert len(told) == 2
        for properties in told:
            assert properties["TokenSecretArn"]["Fn::If"][0] == "HasToken"
            assert render(properties["TokenSecretArn"]) == f"{{{{{secret}}} or {OWNERS_SECRET}}}"
            if "Configuration" in properties and "APPROVAL_GATE" in properties["Configuration"]:
                credential = properties["Configuration"]["GITHUB_CREDENTIAL"]
                assert render(credential) == "{{AWS::NoValue} or owner}"
            if type_ == "Custom::GitHubRepository":  # of a project with a token all is as it was
                assert render(properties["ProjectName"]) == f"{{{{AWS::NoValue}} or {NAME}}}"


def test_nothing_is_told_to_the_dispatch_function_before_the_repositories_are_there(
    resources: dict[str, Any],
) -> None:
    parameter, _ = find(resources, "AWS::SSM::Parameter", Name=f"/mlops-sm-project/{NAME}-{ID}")
    made = {resources[name]["Type"] for name in resources[parameter]["DependsOn"]}
    assert made == {"Custom::GitHubRepository"}
    assert len(resources[parameter]["DependsOn"]) == 2


def test_launch_makes_no_function_and_no_pipeline(resources: dict[str, Any]) -> None:
    types = {resource["Type"] for resource in resources.values()}
    assert not types & {"AWS::Lambda::Function", "AWS::SageMaker::Pipeline"}


def test_a_project_pays_every_month_for_what_make_cost_counts(resources: dict[str, Any]) -> None:
    free_while_idle = {
        *("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::KMS::Alias", "AWS::SSM::Parameter"),
        *("AWS::S3::Bucket", "AWS::S3::BucketPolicy", "AWS::SageMaker::ModelPackageGroup"),
    }
    types = [resource["Type"] for resource in resources.values()]
    paid = [t for t in types if t not in free_while_idle and not t.startswith("Custom::")]
    assert sorted(paid) == ["AWS::KMS::Key", "AWS::SecretsManager::Secret"]


def test_later_stages_are_reviewed_and_the_deploy_repository_says_how(
    resources: dict[str, Any],
) -> None:
    repository, properties = find(resources, "Custom::GitHubRepository", Name=f"{NAME}-deploy")
    assert properties["ReviewedEnvironments"] == ["staging", "prod"]
    _, content = find_content(resources, "deploy")
    assert render(content["Configuration"]["APPROVAL_GATE"]) == f"{{{repository}.ApprovalGate}}"
    note = content["Notes"]["README.md"]["approval-gate"]
    assert render(note) == f"{{{repository}.ApprovalGateNote}}"
