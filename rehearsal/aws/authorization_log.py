"""Writes down what IAM was asked: each principal, action and resource once, with the answer.

A refused call, and whether a permission was used at all, can be looked up there after a play.
"""

from __future__ import annotations

import json
import threading
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack.core import iam_evaluator

FILE_NAME = "authorizations.jsonl"
# The policy of a bucket, a key or a queue is evaluated by the same function.
_of_a_resource: ContextVar[bool] = ContextVar("of_a_resource", default=False)


def apply(state_dir: Path) -> None:
    """Append each new question to `authorizations.jsonl` in the state folder.

    A line has `time` (seconds since 1970), `principal`, `action`, `resource` and `allowed`.
    """
    evaluate, judge_resource = iam_evaluator.evaluate, iam_evaluator.evaluate_resource_policy
    seen: set[tuple[str, str, str, bool]] = set()
    lock = threading.Lock()
    path = state_dir / FILE_NAME

    def evaluate_and_write(context: Any, policies: Any, *limits: Any) -> Any:
        answer = evaluate(context, policies, *limits)
        question = (
            principal_name(context.principal_arn),
            str(context.action),
            str(context.resource_arn),
            answer.decision == "Allow",
        )
        with lock:
            if question not in seen and not _of_a_resource.get():
                seen.add(question)
                _append(path, question)
        return answer

    def judge_resource_silently(*arguments: Any, **options: Any) -> Any:
        token = _of_a_resource.set(True)
        try:
            return judge_resource(*arguments, **options)
        finally:
            _of_a_resource.reset(token)

    iam_evaluator.evaluate_resource_policy = judge_resource_silently
    iam_evaluator.evaluate = evaluate_and_write


def principal_name(arn: str) -> str:
    """`role/NAME` for a role and all of its sessions, else what follows the account in the ARN."""
    resource = arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    return f"role/{rest.split('/')[0]}" if kind == "assumed-role" else resource


def _append(path: Path, question: tuple[str, str, str, bool]) -> None:
    principal, action, resource, allowed = question
    entry = {
        "time": round(time.time(), 2),
        "principal": principal,
        "action": action,
        "resource": resource,
        "allowed": allowed,
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
