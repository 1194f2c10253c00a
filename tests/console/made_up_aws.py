"""An AWS account that answers with what a test says, filled up by the services' own models.

Clients are boto3's own, so that they check each request; each answer is held against the model,
too. Where an answer is made up, a list has one entry and an enumeration its first value.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.validate import ParamValidator

from console.asking.account import Account
from operations.aws_session import Identity
from operations.github_access import GithubAccess

ACCOUNT, REGION = "111122223333", "eu-west-1"
YOU = f"arn:aws:iam::{ACCOUNT}:user/you"
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
# What would make a paginator go on.
_MORE = re.compile(r"(Next|next).*|.*Token|Marker|IsTruncated|LastEvaluatedKey|Unprocessed.*")
_DEEPEST = 9
# Models are read once: they are large.
_MODELS = botocore.session.get_session().get_component("data_loader")
_UNKNOWN: Any = object()

Asked = Mapping[str, Any]
Answers = Mapping[str, Any]


class Only(dict[str, Any]):
    """Exactly this, and nothing made up beside it."""


@dataclass(frozen=True)
class Refusal:
    """An error instead of an answer."""

    code: str
    message: str = "no"
    more: Mapping[str, Any] = field(default_factory=dict)


class MadeUpAccount(Account):
    """The account of one person.

    Args:
        answers: by operation: an answer, a refusal, an exception, or what is told a request's
            parameters and makes one of these. What an answer leaves out is made up.
        you: ARN of whoever looks.
        access: to GitHub, if there is any.
        text: of all that an answer leaves out. Without one only what a service always tells is made
            up, and an operation without an answer is refused.

    Attributes:
        asked: the operations with their parameters, in their order.
        before: is told the model of each operation before it is answered.
    """

    def __init__(
        self,
        answers: Answers | None = None,
        *,
        you: str = YOU,
        access: GithubAccess | None = None,
        text: str = "",
    ) -> None:
        identity = Identity(ACCOUNT, "aws", REGION, you)
        super().__init__(identity, access, open_session=self._open)
        person = {"Account": you.split(":")[4], "Arn": you}
        self.answers = {"GetCallerIdentity": person, **(answers or {})}
        self.asked: list[tuple[str, Asked]] = []
        self.before: Callable[[Any], object] = lambda _: None
        self._text = text

    def asked_of(self, operation: str) -> list[Asked]:
        """The parameters of each request of an operation."""
        return [asked for name, asked in self.asked if name == operation]

    def _open(self) -> boto3.Session:
        core = botocore.session.Session()
        core.register_component("data_loader", _MODELS)
        made = boto3.Session("testing", "testing", region_name=REGION, botocore_session=core)
        made.events.register("before-parameter-build", _note)
        made.events.register("before-call", self._answer)
        return made

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        asked = context["asked"]
        self.asked.append((model.name, asked))
        self.before(model)
        known = self.answers.get(model.name, {} if self._text else Refusal("AccessDeniedException"))
        known = known(asked) if callable(known) else known
        if isinstance(known, Exception):
            raise known
        if isinstance(known, Refusal):
            error = {"Code": known.code, "Message": known.message}
            raise ClientError({"Error": error, **known.more}, model.name)
        told = _Made(self._text).filled(model.output_shape, known) if model.output_shape else {}
        if model.has_streaming_output:
            name = model.output_shape.serialization["payload"]
            content = told.get(name, b"")
            told[name] = StreamingBody(io.BytesIO(content), len(content))
        response = AWSResponse("https://aws.test/", 200, {}, None)
        return response, {**told, "ResponseMetadata": {"HTTPStatusCode": 200}}


def _note(params: Asked, context: dict[str, Any], **_: Any) -> None:
    context["asked"] = params


@dataclass(frozen=True)
class _Made:
    """What is made up, of one text."""

    text: str

    def filled(self, shape: Any, known: Any) -> dict[str, Any]:
        """An answer, with what a service would tell besides."""
        told: dict[str, Any] = self._filled(shape, known, 0)
        odd = ParamValidator().validate(told, shape)
        assert not odd.has_errors(), odd.generate_report()
        return told

    def _filled(self, shape: Any, known: Any, depth: int) -> Any:
        if shape is None or isinstance(known, Only):
            return known
        kind = shape.type_name
        if kind == "structure" and (known is _UNKNOWN or isinstance(known, Mapping)):
            return self._structure(shape, {} if known is _UNKNOWN else known, depth + 1)
        if kind == "list" and isinstance(known, list | tuple):
            return [self._filled(shape.member, one, depth + 1) for one in known]
        if kind == "map" and isinstance(known, Mapping):
            return {key: self._filled(shape.value, one, depth + 1) for key, one in known.items()}
        return self._made_up(shape, depth + 1) if known is _UNKNOWN else known

    def _structure(self, shape: Any, known: Mapping[str, Any], depth: int) -> dict[str, Any]:
        needed = shape.metadata.get("required", ())
        is_whole = bool(self.text) and depth <= _DEEPEST
        names = [n for n in shape.members if n in needed or (is_whole and not _MORE.fullmatch(n))]
        if getattr(shape, "is_tagged_union", False):
            names = [] if known else names[:1]
        return {
            name: self._filled(shape.members.get(name), known.get(name, _UNKNOWN), depth)
            for name in dict.fromkeys([*names, *known])
        }

    def _made_up(self, shape: Any, depth: int) -> Any:
        kind, is_empty = shape.type_name, depth > _DEEPEST or not self.text
        if kind == "list":
            return [] if is_empty else [self._filled(shape.member, _UNKNOWN, depth)]
        if kind == "map":
            key = self._made_up(shape.key, depth)
            return {} if is_empty else {key: self._filled(shape.value, _UNKNOWN, depth)}
        if kind == "string":
            return shape.enum[0] if shape.enum else self.text or "made up"
        if kind == "blob":
            return self.text.encode()
        least = shape.metadata.get("min", 1)
        return {"timestamp": NOW, "boolean": False, "float": 1.5, "double": 1.5}.get(kind, least)
