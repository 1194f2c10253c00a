"""The table in which the dispatch function claims a run before it starts it."""

from aws_cdk import CfnResource, RemovalPolicy
from constructs import Construct

from mlops_sm_project_template.config import arns, names

_KEY = "ClaimId"


class ApprovalTable(Construct):
    """One item for each version and stage, so that each approval is deployed once.

    Everything in it can be learnt again from the model registry and from GitHub, so it goes with
    the stack.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.arn = arns.regional("dynamodb", f"table/{names.APPROVAL_TABLE}")
        table = CfnResource(  # raw: the module with its class loads EC2's, 1.5 s at each synthesis
            self,
            "Table",
            type="AWS::DynamoDB::Table",
            properties={
                "TableName": names.APPROVAL_TABLE,
                "AttributeDefinitions": [{"AttributeName": _KEY, "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": _KEY, "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "SSESpecification": {"SSEEnabled": True},
                "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": True},
            },
        )
        table.apply_removal_policy(RemovalPolicy.DESTROY)
