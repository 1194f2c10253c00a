"""The topic that hears of the projects' budgets, as the setting `BUDGET_TOPIC_ARN` names it.

Without a topic a budget would tell nobody, so none is offered. What AWS takes:
https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
"""

import re

from mlops_sm_project_template.config.refused_values import RefusedValueError

# Where CloudFormation's registry has AWS::Budgets::Budget, in October 2026, and costs are in USD.
REGIONS = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
_TOPIC = re.compile(
    r"arn:[a-z-]+:sns:[a-z0-9-]+:(?P<account>[0-9]{12}):(?P<name>[A-Za-z0-9_-]{1,256}(\.fifo)?)"
)


class BudgetTopicError(RefusedValueError):
    """Budgets cannot tell this topic; the message says why and the remedy."""


def parse_budget_topic(text: str, *, account: str, region: str) -> str:
    """Read the setting: the ARN of a topic, or nothing.

    Raises:
        BudgetTopicError: no budget of this account and region can tell it; correct or empty it.
    """
    topic = text.strip()
    if not topic:
        return ""
    found = _TOPIC.fullmatch(topic)
    if found is None:
        raise BudgetTopicError(
            f"{topic!r} is no topic; name one as arn:aws:sns:{region}:{account}:NAME"
        )
    if found["account"] != account:
        raise BudgetTopicError(
            f"the topic is in account {found['account']}, and budgets of {account} tell only its "
            "own; name one of them"
        )
    if found["name"].endswith(".fifo"):
        raise BudgetTopicError("the topic is a FIFO topic, which budgets do not tell; name another")
    if region not in REGIONS:
        raise BudgetTopicError(
            f"CloudFormation makes no AWS::Budgets::Budget in {region}; leave it empty, and make "
            "budgets by the tag sagemaker:project-id yourself, or register in one of "
            f"{', '.join(REGIONS)}"
        )
    return topic
