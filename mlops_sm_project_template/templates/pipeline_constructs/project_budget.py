"""What a project may cost a month, if somebody said so at its launch."""

import hashlib

from aws_cdk import CfnResource
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.tag_list import tag_list
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)

# A forecast takes AWS five weeks of costs; until then the first warns.
_NOTIFICATIONS = (("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100))
_DIGITS = 8


class ProjectBudget(Construct):
    """Counts what carries the project's id as a cost-allocation tag, and tells a topic.

    It stops nothing. CloudFormation replaces a budget whose topic changes, and that needs another
    name: so the name tells the topic, too.
    """

    def __init__(
        self, scope: Construct, id_: str, *, parameters: ProjectParameters, topic_arn: str
    ) -> None:
        super().__init__(scope, id_)
        digest = hashlib.sha256(topic_arn.encode()).hexdigest()[:_DIGITS]
        subscribers = [{"SubscriptionType": "SNS", "Address": topic_arn}]
        budget = CfnResource(  # raw: the amount is text that may be empty
            self,
            "Budget",
            type="AWS::Budgets::Budget",
            properties={
                "Budget": {
                    "BudgetName": f"{names.budget(parameters.project_id)}-{digest}",
                    "BudgetType": "COST",
                    "TimeUnit": "MONTHLY",
                    "BudgetLimit": {"Amount": parameters.monthly_budget, "Unit": "USD"},
                    # `user:` stands for tags that people gave, whatever their keys begin with.
                    "CostFilters": {
                        "TagKeyValue": [f"user:{names.PROJECT_ID_TAG}${parameters.project_id}"]
                    },
                },
                "NotificationsWithSubscribers": [
                    {
                        "Notification": {
                            "NotificationType": kind,
                            "ComparisonOperator": "GREATER_THAN",
                            "Threshold": percent,
                            "ThresholdType": "PERCENTAGE",
                        },
                        "Subscribers": subscribers,
                    }
                    for kind, percent in _NOTIFICATIONS
                ],
                "ResourceTags": tag_list(parameters.tags),
            },
        )
        budget.cfn_options.condition = parameters.has_budget
