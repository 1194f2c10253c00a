"""How often endpoints were asked, by CloudWatch.

AWS charges $0.01 for 1,000 metrics that are asked for, by GetMetricData and by nothing cheaper:
https://aws.amazon.com/cloudwatch/pricing/ (read in November 2026).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from daily_look.endpoints import Endpoint

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
_MOST_METRICS = 500
# CloudWatch cuts time at full periods: of the first day all counts, so that nothing is left out.
_DAY_SECONDS = 24 * 3600
_KNOWN = ("Complete", "PartialData")


class InvocationsUnknownError(Exception):
    """CloudWatch did not tell how often an endpoint was asked."""

    def __init__(self, name: str, status: str) -> None:
        super().__init__(
            f"CloudWatch answers {status} for the invocations of endpoint {name}; nothing is said "
            "of it before the next look."
        )


def count_invocations(
    cloudwatch: Any, endpoints: Sequence[Endpoint], start: datetime, end: datetime
) -> dict[str, float]:
    """Return how often each endpoint was asked, over all of its variants that keep something.

    Raises:
        InvocationsUnknownError: that is not known of one; look again later.
    """
    asked = [(one.name, variant.name) for one in endpoints for variant in one.variants]
    counts = dict.fromkeys((one.name for one in endpoints), 0.0)
    for first in range(0, len(asked), _MOST_METRICS):
        batch = asked[first : first + _MOST_METRICS]
        for result in _ask(cloudwatch, batch, start, end):
            name, _ = batch[int(result["Id"].removeprefix("m"))]
            if result["StatusCode"] not in _KNOWN:
                raise InvocationsUnknownError(name, result["StatusCode"])
            counts[name] += sum(result["Values"])
    return counts


def _ask(
    cloudwatch: Any, batch: Sequence[tuple[str, str]], start: datetime, end: datetime
) -> Iterator[Mapping[str, Any]]:
    """Yield results; one metric may have several, on one page or on more."""
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=[_query(number, *one) for number, one in enumerate(batch)],
        StartTime=start,
        EndTime=end,
    )
    for page in pages:
        yield from page["MetricDataResults"]


def _query(number: int, endpoint: str, variant: str) -> dict[str, Any]:
    dimensions = {"EndpointName": endpoint, "VariantName": variant}
    return {
        "Id": f"m{number}",
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/SageMaker",
                "MetricName": "Invocations",
                "Dimensions": [{"Name": key, "Value": one} for key, one in dimensions.items()],
            },
            "Period": _DAY_SECONDS,
            "Stat": "Sum",
        },
    }
