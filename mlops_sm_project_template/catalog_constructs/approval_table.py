"""The table of the dispatch function: its claims on runs, and its ledger."""

from aws_cdk import CfnResource, RemovalPolicy
from constructs import Construct

from mlops_sm_project_template.config import arns, names

_KEY = "ClaimId"


class ApprovalTable(Construct):
    """Claims, so that each approval is deployed once, and what was decided and deployed.

    What it holds can be learnt from nowhere else: without it nothing counts as approved. So the
    table stays when the stack goes, and is protected; the next registration adopts it, for which
    it keeps its name, and its key too: another key would need another table of that name.
    """

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        self.arn = arns.approval_table()
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
                "DeletionProtectionEnabled": True,
                # Earlier registrations had it on. Left out, it would stay on, or fail the update.
                "TimeToLiveSpecification": {"AttributeName": "ExpiresAt", "Enabled": False},
            },
        )
        # Also when a first registration fails: a protected table cannot be deleted in a rollback.
        table.apply_removal_policy(RemovalPolicy.RETAIN)
