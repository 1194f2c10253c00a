"""GetMetricData refuses more than 500 queries, and a time that ends before it begins.

Imitated: CloudWatch API reference, GetMetricData (2010-08-01).
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudwatch

from rehearsal.aws.emulator.wrapping import wrap

_MOST = 500


def apply() -> None:
    """Look at the request before MiniStack does."""
    wrap(_get_or_refuse, "_get_metric_data", cloudwatch)


def _get_or_refuse(
    get: Any, params: Any, given: dict[str, Any], is_cbor: bool, is_json: bool = False
) -> Any:
    wrong = _wrong(given) if is_cbor or is_json else ""
    if wrong:
        return cloudwatch._error("ValidationError", wrong, 400, use_json=is_json, use_cbor=is_cbor)
    return get(params, given, is_cbor, is_json)


def _wrong(given: dict[str, Any]) -> str:
    queries = given.get("MetricDataQueries", [])
    start, end = (cloudwatch._parse_ts(given.get(name)) for name in ("StartTime", "EndTime"))
    if len(queries) > _MOST:
        return f"The collection MetricDataQueries must not have a size greater than {_MOST}."
    if len({query.get("Id") for query in queries}) < len(queries):
        return "The values for parameter id in MetricDataQueries are not unique."
    if start is None or end is None or start >= end:
        return "The parameter StartTime must be less than the parameter EndTime."
    return ""
