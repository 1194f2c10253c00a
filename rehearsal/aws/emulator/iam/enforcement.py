"""Puts judgements of ours around the one that MiniStack asks for before it serves a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.wrapping import wrap


class Question(NamedTuple):
    """What MiniStack asks IAM about a request; the members are those of its `enforce`."""

    access_key_id: str
    iam_action: str
    service: str
    region: str
    resource_arn: str = "*"
    service_context: dict[str, Any] | None = None


Judge = Callable[[Question], Any]
"""Gives None to let a request be served, else why it is denied."""


def judge_first(judge: Callable[[Question, Judge], Any]) -> None:
    """Hand each question to a judge, with the one that had it before, who may be asked."""

    def judge_instead(enforce: Any, *members: Any, **named: Any) -> Any:
        return judge(Question(*members, **named), lambda question: enforce(*question))

    wrap(judge_instead, "enforce", iam_evaluator)
