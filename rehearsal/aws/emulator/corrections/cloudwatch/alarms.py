"""Alarms look at their own metric only, at missing data as they are told to, and at queues too.

MiniStack judges an alarm by every metric of the name, whatever its dimensions, and only when
somebody puts a metric; and queues feed no metric. Here alarms are judged every few seconds and
before they are described. Queues report how many messages wait. Periods of SageMaker's metrics
pass as fast as its deployments do. Metric math, which MiniStack drops, is refused.
Sources: CloudWatch user guide, "Using Amazon CloudWatch alarms"; SQS developer guide, "Available
CloudWatch metrics".
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from ministack.services import cloudwatch, sqs

from rehearsal.aws.emulator.corrections.cloudwatch.alarm_judgement import judge
from rehearsal.aws.emulator.settings import SECONDS_PER_MINUTE
from rehearsal.aws.emulator.wrapping import wrap

_log = logging.getLogger(__name__)
_COMPRESSED = "AWS/SageMaker"
_QUEUE_METRIC = "ApproximateNumberOfMessagesVisible"
_REPEAT_SECONDS = 60.0
# By queue: what was reported last, and when.
_reported: dict[str, tuple[int, float]] = {}
# The event loop and the deployments of endpoints judge; each change of a state is told once.
_lock = threading.RLock()


def apply(seconds_per_minute: float = SECONDS_PER_MINUTE) -> None:
    """Replace the judgement of one alarm, and judge all before an answer about them.

    Args:
        seconds_per_minute: how long a minute lasts for alarms on SageMaker's metrics.
    """

    def judge_alarm(alarm: dict[str, Any]) -> None:
        compressed = alarm.get("Namespace") == _COMPRESSED
        _judge(alarm, seconds_per_minute if compressed else SECONDS_PER_MINUTE)

    cloudwatch._evaluate_alarm = judge_alarm
    wrap(_look_and_describe, "_describe_alarms", cloudwatch)
    wrap(_look_and_describe, "_describe_alarms_for_metric", cloudwatch)
    wrap(_put_or_refuse, "_put_metric_alarm", cloudwatch)


def look() -> None:
    """Let queues report, and judge every alarm."""
    try:
        with _lock:
            _report_queues()
            cloudwatch._evaluate_all_alarms()
    except RuntimeError:  # a function's thread has just added a metric; the next look is soon
        _log.info("The alarms are looked at again later.", exc_info=True)


def states(names: Iterable[str]) -> dict[str, str]:
    """The states of alarms, judged now; an alarm that does not exist is left out."""
    with _lock:
        found = {}
        for name in names:
            alarm = cloudwatch._alarms.get(name)
            if alarm is not None:
                cloudwatch._evaluate_alarm(alarm)
            alarm = alarm or cloudwatch._composite_alarms.get(name)
            if alarm is not None:
                found[name] = str(alarm["StateValue"])
        return found


def _look_and_describe(describe: Any, *arguments: Any) -> Any:
    look()
    return describe(*arguments)


def _put_or_refuse(
    put: Any, params: dict[str, Any], cbor: Any, is_cbor: bool, is_json: bool = False
) -> Any:
    in_form = any(name.startswith("Metrics.member.") for name in params or {})
    if in_form or (cbor or {}).get("Metrics"):
        message = "The rehearsal does not model alarms on Metrics; give MetricName."
        return cloudwatch._error("InvalidParameterValue", message, 400, is_json, is_cbor)
    return put(params, cbor, is_cbor, is_json)


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


def _judge(alarm: dict[str, Any], seconds_per_minute: float) -> None:
    with _lock:
        judged = judge(alarm, time.time(), seconds_per_minute)
        before = alarm["StateValue"]
        if judged is None or judged.state == before:
            return
        alarm.update(
            StateValue=judged.state,
            StateReason=judged.reason,
            StateUpdatedTimestamp=int(time.time()),
        )
        cloudwatch._record_history(alarm["AlarmName"], before, judged.state, judged.reason)
        cloudwatch._dispatch_alarm_actions(alarm, before, judged.state, judged.reason)
        cloudwatch._evaluate_parent_alarms(alarm)
