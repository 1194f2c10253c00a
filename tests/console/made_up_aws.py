"""An AWS account that answers every operation of every service, and with hostile texts.

Answers are made of the services' own models: where an operation answers with a text, it is a
hostile one, a list has one entry, an enumeration its first value. What a page needs to be as it is
on AWS, such as names and ids, is in `made_up_answers`. Requests are checked as boto3 checks them.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.response import StreamingBody

from tests.console.texts import HOSTILE

NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
# What would make a paginator go on.
_MORE = re.compile(r"(Next|next).*|.*Token|Marker|IsTruncated|LastEvaluatedKey|Unprocessed.*")
_DEEPEST = 9

Answers = Mapping[str, Callable[[Mapping[str, Any]], Any]]


class Only(dict[str, Any]):
    """Exactly this, and nothing made up beside it."""


def session(answers: Answers) -> boto3.Session:
    """A session whose clients reach nobody.

    Args:
        answers: by operation, what is told a request's parameters and makes the part of its answer
            that is not made up.
    """
    made = boto3.Session("testing", "testing", region_name="eu-west-1")

    def note(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = params

    def answer(model: Any, context: dict[str, Any], **_: Any) -> Any:
        made_up = _made_up(model.output_shape) if model.output_shape else {}
        known = answers.get(model.name, lambda _: {})(context["asked"])
        response = AWSResponse("https://aws.test/", 200, {}, None)
        return response, {**_mixed(made_up, known), "ResponseMetadata": {"HTTPStatusCode": 200}}

    made.events.register("before-parameter-build", note)
    made.events.register("before-call", answer)
    return made


def _made_up(shape: Any, depth: int = 0) -> Any:
    kind = shape.type_name
    if kind == "structure":
        if depth > _DEEPEST:
            return {}
        members = {n: m for n, m in shape.members.items() if not _MORE.fullmatch(n)}
        if getattr(shape, "is_tagged_union", False):
            members = dict(list(members.items())[:1])
        return {name: _made_up(member, depth + 1) for name, member in members.items()}
    if kind == "list":
        return [_made_up(shape.member, depth + 1)] if depth <= _DEEPEST else []
    if kind == "map":
        return {_made_up(shape.key): _made_up(shape.value, depth + 1)} if depth <= _DEEPEST else {}
    if kind == "string":
        return shape.enum[0] if shape.enum else HOSTILE
    if kind == "blob":
        content = HOSTILE.encode()
        is_stream = shape.serialization.get("streaming")
        return StreamingBody(io.BytesIO(content), len(content)) if is_stream else content
    return {"timestamp": NOW, "boolean": False, "float": 1.5, "double": 1.5}.get(kind, 1)


def _mixed(made_up: Any, known: Any) -> Any:
    """What is known, filled up with what is made up."""
    if isinstance(known, Only):
        return dict(known)
    if isinstance(known, dict):
        rest = made_up if isinstance(made_up, dict) else {}
        return {**rest, **{name: _mixed(rest.get(name), value) for name, value in known.items()}}
    if isinstance(known, list):
        pattern = made_up[0] if isinstance(made_up, list) and made_up else None
        return [_mixed(pattern, one) for one in known]
    return known
