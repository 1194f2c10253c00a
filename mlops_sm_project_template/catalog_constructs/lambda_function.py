"""A function that serves every project, with a role, a log group and an alarm of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import CfnResource, RemovalPolicy
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from mlops_sm_project_template.config import arns
from mlops_sm_project_template.policy_statements import allow, document

_RUNTIME = "python3.13"
_MEMORY_MIB = 512
_LOG_RETENTION_DAYS = 90
_PERIOD_SECONDS = 300


@dataclass(frozen=True)
class FunctionSpec:
    """What tells one function from another."""

    name: str
    handler: str
    description: str
    timeout_seconds: int
    policy: iam.PolicyDocument
    environment: Mapping[str, str] = field(default_factory=dict)
    role_name: str | None = None


class LambdaFunction(Construct):
    """Zip, Python, arm64. The log group exists before the first call, so it has its retention."""

    def __init__(
        self, scope: Construct, id_: str, *, code: s3_assets.Asset, spec: FunctionSpec
    ) -> None:
        super().__init__(scope, id_)
        self.arn = arns.regional("lambda", f"function:{spec.name}")
        self._name = spec.name
        self._log_group = logs.CfnLogGroup(
            self,
            "Logs",
            log_group_name=f"/aws/lambda/{spec.name}",
            retention_in_days=_LOG_RETENTION_DAYS,
        )
        self._log_group.apply_removal_policy(RemovalPolicy.DESTROY)
        self.role = self._build_role(spec)
        self.resource = self._build_function(self.role, code, spec)
        self._build_alarm()

    def let_invoke(self, scope: Construct, rule: events.CfnRule) -> None:
        """Let EventBridge call the function for a rule of that scope."""
        CfnResource(
            scope,
            f"{rule.node.id}Permission",
            type="AWS::Lambda::Permission",
            properties={
                "Action": "lambda:InvokeFunction",
                "FunctionName": self.resource.ref,
                "Principal": "events.amazonaws.com",
                "SourceArn": rule.attr_arn,
            },
        )

    def _build_role(self, spec: FunctionSpec) -> iam.Role:
        streams = arns.regional("logs", f"log-group:/aws/lambda/{self._name}:*")
        write_logs = allow(["logs:CreateLogStream", "logs:PutLogEvents"], [streams])
        return iam.Role(
            self,
            "Role",
            role_name=spec.role_name,
            description=f"The function {self._name} works with this role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            inline_policies={"logs": document(write_logs), "work": spec.policy},
        )

    def _build_function(
        self, role: iam.Role, code: s3_assets.Asset, spec: FunctionSpec
    ) -> CfnResource:
        function = CfnResource(  # raw: the module with its class loads EC2's, 2 s at each synthesis
            self,
            "Function",
            type="AWS::Lambda::Function",
            properties={
                "FunctionName": spec.name,
                "Description": spec.description,
                "Runtime": _RUNTIME,
                "Architectures": ["arm64"],
                "Handler": spec.handler,
                "Code": {"S3Bucket": code.s3_bucket_name, "S3Key": code.s3_object_key},
                "Role": role.role_arn,
                "MemorySize": _MEMORY_MIB,
                "Timeout": spec.timeout_seconds,
                "Environment": {"Variables": dict(spec.environment)},
            },
        )
        function.add_resource_dependency(self._log_group)
        return function

    def _build_alarm(self) -> None:
        cloudwatch.CfnAlarm(
            self,
            "Errors",
            alarm_description=f"{self._name} failed; its log group says why",
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions=[
                cloudwatch.CfnAlarm.DimensionProperty(name="FunctionName", value=self._name)
            ],
            statistic="Sum",
            period=_PERIOD_SECONDS,
            evaluation_periods=1,
            threshold=1,
            comparison_operator="GreaterThanOrEqualToThreshold",
            treat_missing_data="notBreaching",
        )
