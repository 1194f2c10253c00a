"""What projects cost a month, from Cost Explorer by the tag that SageMaker gives to a project.

Cost Explorer knows a tag from the day after it was activated as a cost-allocation tag, which the
account that pays does. AWS charges $0.01 for each request.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.doctor.examination import missing_right
from operations.fleet.gaps import Gaps

TAG = "sagemaker:project-id"
IMPATIENCE = Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1})
AskCosts = Callable[[Any, str, date, Gaps], dict[str, float]]
_ABOUT = "Cost"
_DAYS = 30


def read_costs(explorer: Any, region: str, today: date, gaps: Gaps) -> dict[str, float]:
    """Dollars of the last 30 days by project id; what is not known is not in it."""
    try:
        costs = _costs(explorer, region, today)
    except ClientError as error:
        right = missing_right(error, "ce")
        gaps.tell(f"{_ABOUT}: not known, since {_refusal(right, error)}.")
        return {}
    except BotoCoreError as error:
        gaps.tell(f"{_ABOUT}: not known, since Cost Explorer does not answer ({describe(error)}).")
        return {}
    if not costs:
        gaps.tell(
            f"{_ABOUT}: not known, since Cost Explorer has nothing under the tag {TAG}; let the "
            "account that pays activate it as a cost-allocation tag, and look again after a day."
        )
    return costs


def _refusal(right: str | None, error: ClientError) -> str:
    if right:
        return f"the right {right} is missing, or Cost Explorer is not enabled for this account"
    if error.response.get("Error", {}).get("Code") == "DataUnavailableException":
        return "Cost Explorer is not enabled yet; enable it under Billing and Cost Management"
    return f"Cost Explorer refused ({describe(error)})"


def _costs(explorer: Any, region: str, today: date) -> dict[str, float]:
    costs: dict[str, float] = {}
    for group in _groups(explorer, region, today):
        project_id = group["Keys"][0].partition("$")[2]
        if project_id:  # empty: of what has no such tag
            amount = float(group["Metrics"]["UnblendedCost"]["Amount"])
            costs[project_id] = costs.get(project_id, 0.0) + amount
    return costs


def _groups(explorer: Any, region: str, today: date) -> Iterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        page = explorer.get_cost_and_usage(
            TimePeriod={"Start": f"{today - timedelta(days=_DAYS)}", "End": f"{today}"},
            Granularity="MONTHLY",
            Metrics=["UnblendedCost"],
            GroupBy=[{"Type": "TAG", "Key": TAG}],
            Filter={"Dimensions": {"Key": "REGION", "Values": [region]}},
            **more,
        )
        for period in page["ResultsByTime"]:
            yield from period["Groups"]
        if not page.get("NextPageToken"):
            return
        more = {"NextPageToken": page["NextPageToken"]}
