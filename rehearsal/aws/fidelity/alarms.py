"""Alarms look at their own metric only, at missing data as they are told to, and at queues too.

MiniStack judges an alarm by every metric of the name, whatever its dimensions, and only when
somebody puts a metric; and queues feed no metric. Here alarms are judged every few seconds and
before they are described. Queues report how many messages wait.
Sources: CloudWatch user guide, "Using Amazon CloudWatch alarms"; SQS developer guide, "Available
CloudWatch metrics".
"""

from __future__ import annotations

import logging
import time
from typing import Any

from ministack.services import cloudwatch, sqs

_log = logging.getLogger(__name__)
_OF_MISSING_DATA = {
    "notBreaching": "OK",
    "breaching": "ALARM",
    "missing": "INSUFFICIENT_DATA",
}
_BREACHES = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}
_QUEUE_METRIC = "ApproximateNumberOfMessagesVisible"
_REPEAT_SECONDS = 60.0
# By queue: what was reported last, and when.
_reported: dict[str, tuple[int, float]] = {}


def apply() -> None:
    """Replace the judgement of one alarm, and judge all before an answer about them."""
    cloudwatch._evaluate_alarm = _judge
    cloudwatch._describe_alarms = _after_a_look(cloudwatch._describe_alarms)
    cloudwatch._describe_alarms_for_metric = _after_a_look(cloudwatch._describe_alarms_for_metric)


def look() -> None:
    """Let queues report, and judge every alarm."""
    try:
        _report_queues()
        cloudwatch._evaluate_all_alarms()
    except RuntimeError:  # a function's thread has just added a metric; the next look is soon
        _log.info("The alarms are looked at again later.", exc_info=True)


def _after_a_look(describe: Any) -> Any:
    def look_and_describe(*arguments: Any) -> Any:
        look()
        return describe(*arguments)

    return look_and_describe


def _report_queues() -> None:
    now = time.time()
    for name, url in list(sqs._queue_name_to_url.items()):
        queue = sqs._queues.get(url)
        if queue is None:
            continue
        sqs._refresh_counts(queue)
        waiting = int(queue["attributes"]["ApproximateNumberOfMessages"])
        if _reported.get(url, (-1, 0.0))[0] != waiting or now - _reported[url][1] > _REPEAT_SECONDS:
            _reported[url] = (waiting, now)
            dimensions = {"QueueName": name}
            cloudwatch.record_metric("AWS/SQS", _QUEUE_METRIC, waiting, "Count", dimensions)


def _judge(alarm: dict[str, Any]) -> None:
    breaches = _BREACHES.get(alarm.get("ComparisonOperator", ""))
    if breaches is None or not alarm.get("MetricName"):
        return
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic", "Average")
    points = _recent_points(alarm)
    if points:
        value = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
        state = "ALARM" if breaches(value, alarm["Threshold"]) else "OK"
        reason = f"Threshold Crossed: {statistic} {value} against {alarm['Threshold']}"
    else:
        state = _OF_MISSING_DATA.get(alarm.get("TreatMissingData") or "missing", "")
        reason = "No datapoints were received in the period."
    before = alarm["StateValue"]
    if state and state != before:
        alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
        cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
        cloudwatch._evaluate_parent_alarms(alarm)


def _recent_points(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {d["Name"]: d["Value"] for d in alarm.get("Dimensions") or []}
    since = time.time() - alarm.get("Period", 60) * alarm.get("EvaluationPeriods", 1)
    return [
        point
        for (namespace, name, _), points in list(cloudwatch._metrics.items())
        if (namespace, name) == (alarm.get("Namespace"), alarm["MetricName"])
        for point in list(points)
        if point.get("Dimensions", {}) == wanted and point["Timestamp"] >= since
    ]
