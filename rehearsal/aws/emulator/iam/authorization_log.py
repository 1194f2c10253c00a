"""Writes down what IAM was asked: each principal, action and resource once, with the answer.

A refused call, and whether a permission was used at all, can be looked up there after a play.
"""

from __future__ import annotations

import json
import threading
import time
from contextvars import ContextVar
from pathlib import Path
from typing import Any, NamedTuple

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.context import holding
from rehearsal.aws.emulator.wrapping import wrap

FILE_NAME = "authorizations.jsonl"
# The policy of a bucket, a key or a queue is evaluated by the same function.
_of_a_resource: ContextVar[bool] = ContextVar("of_a_resource", default=False)


class _Question(NamedTuple):
    account: str
    principal: str
    action: str
    resource: str
    allowed: bool


def apply(state_dir: Path) -> None:
    """Append each new question to `authorizations.jsonl` in the state folder.

    A line has `time` (seconds since 1970), `account` and `principal`, `action`, `resource` and
    `allowed`. The resource may be another account's; if that account's policy then refuses what the
    principal's own policies allow, a line with `allowed: false` follows.
    """
    seen: set[_Question] = set()
    lock = threading.Lock()
    path = state_dir / FILE_NAME

    def write(context: Any, *, allowed: bool) -> None:
        question = _Question(
            str(context.principal_account),
            principal_name(context.principal_arn),
            str(context.action),
            str(context.resource_arn),
            allowed,
        )
        with lock:
            if question not in seen and not _of_a_resource.get():
                seen.add(question)
                _append(path, question)

    def evaluate_and_write(evaluate: Any, context: Any, policies: Any, *limits: Any) -> Any:
        answer = evaluate(context, policies, *limits)
        write(context, allowed=answer.decision == "Allow")
        return answer

    def combine_and_write(
        combine: Any, identity: Any, context: Any, *rest: Any, **named: Any
    ) -> Any:
        answer = combine(identity, context, *rest, **named)
        if identity.decision == "Allow" != answer.decision:
            write(context, allowed=False)
        return answer

    wrap(_judge_silently, "evaluate_resource_policy", iam_evaluator)
    wrap(combine_and_write, "combine_resource_policy", iam_evaluator)
    wrap(evaluate_and_write, "evaluate", iam_evaluator)


def _judge_silently(judge_resource: Any, *arguments: Any, **options: Any) -> Any:
    with holding(_of_a_resource, True):
        return judge_resource(*arguments, **options)


def principal_name(arn: str) -> str:
    """`role/NAME` for a role and all of its sessions, else what follows the account in the ARN."""
    resource = arn.split(":", 5)[-1]
    kind, _, rest = resource.partition("/")
    return f"role/{rest.split('/')[0]}" if kind == "assumed-role" else resource


def _append(path: Path, question: _Question) -> None:
    entry = {"time": round(time.time(), 2), **question._asdict()}
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
