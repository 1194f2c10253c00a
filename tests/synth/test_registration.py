"""The stack MLOpsServiceCatalog: what a platform engineer registers."""

import hashlib
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Match, Template

from mlops_sm_project_template.catalog_constructs.seed_assets import SeedAssets
from mlops_sm_project_template.catalog_constructs.shared_functions import SharedFunctions
from mlops_sm_project_template.config.names import ATTENTION_METRIC
from mlops_sm_project_template.config.settings import Settings
from tests.synth.conftest import ALARM_TOPIC, Synthesis

_ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS = {
    "mlops-sm-project-repository": "project_repository.handler.handle",
    "mlops-sm-project-data": "project_data.handler.handle",
    "mlops-sm-project-dispatch": "deploy_dispatch.handler.handle",
    "mlops-sm-project-tokens": "daily_look.handler.handle",
    "mlops-sm-project-versions": "product_versions.handler.handle",
}


@pytest.fixture(scope="module")
def template(registration: dict[str, Any]) -> Template:
    """Assertions on the template."""
    return Template.from_json(registration)


def _only(found: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ((logical_id, resource),) = found.items()
    return logical_id, resource


def test_parameters_have_the_defaults_of_the_reference(registration: dict[str, Any]) -> None:
    parameters = registration["Parameters"]
    assert parameters["ExecutionRoleArn"]["Type"] == "AWS::SSM::Parameter::Value<String>"
    assert parameters["ExecutionRoleArn"]["Default"] == "/sagemaker/execution/role"
    for name in ("PortfolioName", "PortfolioOwner"):
        assert parameters[name]["Default"], name


@pytest.fixture(scope="module")
def published(template: Template) -> dict[str, Any]:
    """The product, of which this registration is a version."""
    resource: dict[str, Any] = _only(template.find_resources("Custom::CatalogProduct"))[1]
    return resource


def test_product_is_visible_in_studio(published: dict[str, Any]) -> None:
    properties = published["Properties"]
    assert properties["Name"] == "MLOps with GitHub Action template for real-time deployment"
    assert properties["Owner"] == {"Ref": "PortfolioOwner"}
    assert properties["Tags"] == {"sagemaker:studio-visibility": "true"}


def test_cloudformation_owns_no_product_whose_versions_it_would_replace(template: Template) -> None:
    template.resource_count_is("AWS::ServiceCatalog::CloudFormationProduct", 0)


def test_version_is_told_by_release_and_content(published: dict[str, Any], synthesis: Any) -> None:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert published["Properties"]["Release"] == project["project"]["version"]
    address = published["Properties"]["TemplateUrl"]["Fn::Sub"]
    assert address.startswith("https://s3.eu-west-1.${AWS::URLSuffix}/cdk-hnb659fds-assets-")
    digest = hashlib.sha256(synthesis.product_file.read_bytes()).hexdigest()
    assert address.endswith(f"/{digest}.json")


def test_version_keeps_every_file_that_its_template_names(
    published: dict[str, Any], product: dict[str, Any]
) -> None:
    kept = published["Properties"]["Bucket"]
    seeds = [r["Properties"] for r in product["Resources"].values() if "SeedKey" in r["Properties"]]
    assert [seed["SeedBucket"] for seed in seeds] == [kept, kept]
    copied = {file["Key"] for file in published["Properties"]["Files"]}
    assert copied == {seed["SeedKey"] for seed in seeds}
    assert "cdk-hnb659fds" not in json.dumps(product)


def test_version_is_offered_when_everything_that_its_launches_call_is_there(
    template: Template, published: dict[str, Any], product: dict[str, Any]
) -> None:
    called = json.dumps(
        [r["Properties"].get("ServiceToken") for r in product["Resources"].values()]
    )
    functions = {
        logical_id: function["Properties"]["FunctionName"]
        for logical_id, function in template.find_resources("AWS::Lambda::Function").items()
    }
    wanted = {logical_id for logical_id, name in functions.items() if name in called}
    assert len(wanted) == 2
    wanted |= template.find_resources("AWS::IAM::ManagedPolicy").keys()
    wanted |= template.find_resources(
        "AWS::IAM::Role", {"Properties": {"RoleName": "mlops-sm-project-launch"}}
    ).keys()
    assert wanted <= set(published["DependsOn"])


def test_studio_role_may_use_the_portfolio(template: Template) -> None:
    template.has_resource_properties(
        "AWS::ServiceCatalog::Portfolio",
        {"DisplayName": {"Ref": "PortfolioName"}, "ProviderName": {"Ref": "PortfolioOwner"}},
    )
    template.has_resource_properties(
        "AWS::ServiceCatalog::PortfolioPrincipalAssociation",
        {"PrincipalARN": {"Ref": "ExecutionRoleArn"}, "PrincipalType": "IAM"},
    )


def test_product_is_launched_with_the_launch_role(template: Template) -> None:
    role_id, role = _only(
        template.find_resources(
            "AWS::IAM::Role", {"Properties": {"RoleName": "mlops-sm-project-launch"}}
        )
    )
    template.has_resource_properties(
        "AWS::ServiceCatalog::LaunchRoleConstraint", {"RoleArn": {"Fn::GetAtt": [role_id, "Arn"]}}
    )
    (statement,) = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "servicecatalog.amazonaws.com"}
    portfolio_id, _ = _only(template.find_resources("AWS::ServiceCatalog::Portfolio"))
    published_id, _ = _only(template.find_resources("Custom::CatalogProduct"))
    offered = {
        "PortfolioId": {"Ref": portfolio_id},
        "ProductId": {"Fn::GetAtt": [published_id, "ProductId"]},
    }
    association_id, association = _only(
        template.find_resources("AWS::ServiceCatalog::PortfolioProductAssociation")
    )
    assert association["Properties"] == offered
    template.has_resource(
        "AWS::ServiceCatalog::LaunchRoleConstraint",
        {"Properties": Match.object_like(offered), "DependsOn": [association_id]},
    )


@pytest.mark.parametrize("name", _FUNCTIONS)
def test_function_has_role_logs_timeout_and_alarm_of_its_own(template: Template, name: str) -> None:
    handler = _FUNCTIONS[name]
    _, function = _only(
        template.find_resources("AWS::Lambda::Function", {"Properties": {"FunctionName": name}})
    )
    properties = function["Properties"]
    assert properties["Runtime"] == "python3.13"
    assert properties["Architectures"] == ["arm64"]
    assert properties["Handler"] == handler
    assert 3 * properties["Timeout"] < 3600, "CloudFormation waits for three tries"
    assert (_ROOT / "functions" / f"{handler.rsplit('.', 1)[0].replace('.', '/')}.py").is_file()
    template.has_resource(
        "AWS::Logs::LogGroup",
        {
            "Properties": {"LogGroupName": f"/aws/lambda/{name}", "RetentionInDays": 90},
            "DeletionPolicy": "Delete",
        },
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {"MetricName": "Errors", "Dimensions": [{"Name": "FunctionName", "Value": name}]},
    )


def test_functions_share_no_role(template: Template) -> None:
    functions = template.find_resources("AWS::Lambda::Function").values()
    roles = {function["Properties"]["Role"]["Fn::GetAtt"][0] for function in functions}
    assert len(functions) == len(_FUNCTIONS)
    assert len(roles) == len(_FUNCTIONS)


def test_functions_know_where_github_is(template: Template) -> None:
    github = {"GITHUB_API_URL": "https://api.github.com"}
    for name, variables in (
        ("mlops-sm-project-repository", github),
        ("mlops-sm-project-data", {}),
        (
            "mlops-sm-project-dispatch",
            {
                **github,
                "APPROVAL_TABLE": "mlops-sm-project-approvals",
                "NOTICE_TOPIC_ARN": {"Ref": "AlarmTopicArn"},
                "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
            },
        ),
        (
            "mlops-sm-project-tokens",
            {
                **github,
                "METRIC_NAMESPACE": "MLOpsSageMakerProject",
                "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
            },
        ),
        ("mlops-sm-project-versions", {}),
    ):
        template.has_resource_properties(
            "AWS::Lambda::Function",
            {"FunctionName": name, "Environment": {"Variables": variables}},
        )


def test_functions_that_ask_github_know_how_long_it_may_take() -> None:
    stack = Stack(App(), "Stack")
    assets = SeedAssets(stack, "Assets")
    settings = Settings(
        aws_account="111122223333", aws_region="eu-west-1", github_read_timeout_seconds=30
    )
    SharedFunctions(stack, "Functions", assets=assets, settings=settings, notice_topic_arn="")
    functions = Template.from_stack(stack).find_resources("AWS::Lambda::Function").values()
    variables = [each["Properties"].get("Environment", {"Variables": {}}) for each in functions]
    told = [each["Variables"] for each in variables if "GITHUB_API_URL" in each["Variables"]]
    assert [each["GITHUB_READ_TIMEOUT_SECONDS"] for each in told] == ["30"] * 3


def test_event_that_dispatch_cannot_handle_is_tried_again_and_kept(template: Template) -> None:
    _, config = _only(template.find_resources("AWS::Lambda::EventInvokeConfig"))
    properties = config["Properties"]
    assert properties["MaximumRetryAttempts"] == 2
    queue_id = properties["DestinationConfig"]["OnFailure"]["Destination"]["Fn::GetAtt"][0]
    _assert_kept_and_noticed(template, queue_id)


def _queue_policy(template: Template, queue_id: str) -> list[dict[str, Any]]:
    _, policy = _only(
        template.find_resources(
            "AWS::SQS::QueuePolicy", {"Properties": {"Queues": [{"Ref": queue_id}]}}
        )
    )
    statements: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return statements


def _assert_kept_and_noticed(template: Template, queue_id: str) -> None:
    queue = template.find_resources("AWS::SQS::Queue")[queue_id]["Properties"]
    assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
    refused = _queue_policy(template, queue_id)[-1]
    assert refused["Effect"] == "Deny"
    assert refused["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_id, "QueueName"]}}],
        },
    )


def _of_sagemaker(detail_type: str, **detail: list[str]) -> dict[str, Any]:
    pattern = {"source": ["aws.sagemaker"], "detail-type": [detail_type], "detail": detail}
    return {"EventPattern": pattern}


@pytest.mark.parametrize(
    "when",
    [
        _of_sagemaker(
            "SageMaker Model Package State Change",
            ModelApprovalStatus=["Approved", "Rejected", "PendingManualApproval"],
        ),
        _of_sagemaker(
            "SageMaker Model Building Pipeline Execution Status Change",
            currentPipelineExecutionStatus=["Executing", "Succeeded", "Failed", "Stopped"],
        ),
        {"ScheduleExpression": "rate(10 minutes)"},
    ],
)
def test_event_reaches_dispatch_or_a_queue(template: Template, when: dict[str, Any]) -> None:
    rule_id, rule = _only(template.find_resources("AWS::Events::Rule", {"Properties": when}))
    function_id, _ = _only(
        template.find_resources(
            "AWS::Lambda::Function",
            {"Properties": {"FunctionName": "mlops-sm-project-dispatch"}},
        )
    )
    (target,) = rule["Properties"]["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [function_id, "Arn"]}
    rule_arn = {"Fn::GetAtt": [rule_id, "Arn"]}
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {
            "FunctionName": {"Ref": function_id},
            "Principal": "events.amazonaws.com",
            "SourceArn": rule_arn,
        },
    )
    queue_id = target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]
    _assert_kept_and_noticed(template, queue_id)
    allowed, _ = _queue_policy(template, queue_id)
    assert rule_arn in allowed["Condition"]["ArnEquals"]["aws:SourceArn"]


def test_approvals_are_kept_in_a_table_that_outlives_the_stack(template: Template) -> None:
    _, table = _only(template.find_resources("AWS::DynamoDB::Table"))
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert table["Properties"] == {
        "TableName": "mlops-sm-project-approvals",
        "AttributeDefinitions": [{"AttributeName": "ClaimId", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "ClaimId", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "SSESpecification": {"SSEEnabled": True},
        "DeletionProtectionEnabled": True,
        "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": False},
    }


def test_tokens_and_endpoints_are_looked_at_daily_and_two_weeks_ahead(template: Template) -> None:
    daily = {"Properties": {"ScheduleExpression": "rate(1 day)"}}
    rule_id, rule = _only(template.find_resources("AWS::Events::Rule", daily))
    tokens, endpoints = rule["Properties"]["Targets"]
    assert (tokens["Id"], tokens.get("Input")) == ("tokens", None)
    assert (endpoints["Arn"], json.loads(endpoints["Input"])) == (
        tokens["Arn"],
        {"Look": "endpoints"},
    )
    function_id = tokens["Arn"]["Fn::GetAtt"][0]
    function = template.find_resources("AWS::Lambda::Function")[function_id]
    assert function["Properties"]["FunctionName"] == "mlops-sm-project-tokens"
    template.has_resource_properties(
        "AWS::Lambda::Permission",
        {"FunctionName": {"Ref": function_id}, "SourceArn": {"Fn::GetAtt": [rule_id, "Arn"]}},
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "MLOpsSageMakerProject",
            "MetricName": "TokenDaysLeft",
            "Dimensions": Match.absent(),
            "Statistic": "Minimum",
            "Period": 24 * 3600,
            "Threshold": 14,
            "ComparisonOperator": "LessThanThreshold",
        },
    )
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "MLOpsSageMakerProject",
            "MetricName": "IdleEndpoints",
            "Dimensions": Match.absent(),
            "Statistic": "Maximum",
            "Period": 24 * 3600,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "ignore",
        },
    )


def test_a_stage_that_needs_people_raises_an_alarm(template: Template) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "MLOpsSageMakerProject",
            "MetricName": ATTENTION_METRIC,
            "Statistic": "Sum",
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "TreatMissingData": "notBreaching",
        },
    )


def test_every_alarm_tells_the_topic_if_there_is_one(
    registration: dict[str, Any], template: Template
) -> None:
    assert registration["Parameters"]["AlarmTopicArn"]["Default"] == ""
    alarms = template.find_resources("AWS::CloudWatch::Alarm").values()
    assert len(alarms) == len(_FUNCTIONS) + 5
    for alarm in alarms:
        condition, given, otherwise = alarm["Properties"]["AlarmActions"]["Fn::If"]
        assert (given, otherwise) == ([{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"})
        assert registration["Conditions"][condition] == {
            "Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]
        }


def test_the_dispatch_function_publishes_to_the_topic_if_there_is_one(
    registration: dict[str, Any], template: Template
) -> None:
    _, policy = _only(template.find_resources("AWS::IAM::Policy"))
    assert registration["Conditions"][policy["Condition"]] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopicArn"}, ""]}]
    }
    (role,) = policy["Properties"]["Roles"]
    _, function = _only(
        template.find_resources(
            "AWS::Lambda::Function", {"Properties": {"FunctionName": "mlops-sm-project-dispatch"}}
        )
    )
    assert function["Properties"]["Role"]["Fn::GetAtt"][0] == role["Ref"]
    publish, key = policy["Properties"]["PolicyDocument"]["Statement"]
    topic = {"Ref": "AlarmTopicArn"}
    assert (publish["Action"], publish["Resource"]) == ("sns:Publish", topic)
    assert key["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    conditions = key["Condition"]["StringEquals"]
    assert conditions["kms:EncryptionContext:aws:sns:topicArn"] == topic
    assert conditions["kms:ViaService"]["Fn::Join"][1][0] == "sns."
    # Nothing else of the stack names what may be empty, but for the function that is told.
    named = [name for name, one in registration["Resources"].items() if topic in _values(one)]
    assert {registration["Resources"][name]["Type"] for name in named} == {
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Policy",
        "AWS::Lambda::Function",
    }


def test_a_topic_of_the_settings_needs_no_parameter_and_leaves_it(generous: Synthesis) -> None:
    body = json.loads(generous.registration_file.read_text(encoding="utf-8"))
    assert body["Parameters"]["AlarmTopicArn"]["Default"] == ""  # what it has is kept
    assert {"Ref": "AlarmTopicArn"} not in _values(body["Resources"])
    alarms = [one for one in body["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert {str(one["Properties"]["AlarmActions"]) for one in alarms} == {str([ALARM_TOPIC])}
    (policy,) = [one for one in body["Resources"].values() if one["Type"] == "AWS::IAM::Policy"]
    assert "Condition" not in policy
    assert policy["Properties"]["PolicyDocument"]["Statement"][0]["Resource"] == ALARM_TOPIC


def _values(value: Any) -> Iterator[Any]:
    yield value
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        yield from _values(each)


@pytest.mark.parametrize("name", ["DispatchFailuresQueueUrl", "UndeliveredQueueUrl"])
def test_queues_can_be_found_by_who_drives_them_again(
    registration: dict[str, Any], name: str
) -> None:
    queue_id = registration["Outputs"][name]["Value"]["Ref"]
    assert registration["Resources"][queue_id]["Type"] == "AWS::SQS::Queue"
