"""A line for the AWS command line, read as that program reads it, by botocore's own models.

Nothing is run here: a line becomes the request that the AWS CLI would send, so that it can be
checked and sent. Source: https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html
"""

import base64
import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ListShape, MapShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.validate import ParamValidator

_GLOBAL = ("--profile", "--region", "--query", "--cli-binary-format")
_NUMBERS = {"integer": int, "long": int, "float": float, "double": float}


class CommandError(Exception):
    """The AWS CLI would refuse the line before it sends anything."""


@dataclass(frozen=True)
class AwsCommand:
    """One request of one service; `options` are those of every command."""

    service: str
    operation: str
    parameters: dict[str, Any]
    options: dict[str, str] = field(default_factory=dict)

    def check(self) -> None:
        """Compare the parameters with the operation's model.

        Raises:
            CommandError: one is missing, unknown, or not of its type.
        """
        operation = _model(self.service).operation_model(self.operation)
        # The command line makes up what only tells one request from another.
        tokens = dict.fromkeys(operation.idempotent_members, "t" * 32)
        report = ParamValidator().validate(tokens | self.parameters, operation.input_shape)
        if report.has_errors():
            raise CommandError(report.generate_report())


def read_aws_command(words: list[str], folder: Path) -> AwsCommand:
    """Read the words after `aws`; `folder` is where its files are looked for.

    Raises:
        CommandError: there is no such service, operation or option, or a value cannot be read.
    """
    if words[:2] == ["cloudformation", "deploy"]:
        return _read_deploy(words[2:], folder)
    try:
        model = _model(words[0])
        by_name = {xform_name(name, "-"): name for name in model.operation_names}
        operation = model.operation_model(by_name[words[1]])
    except (KeyError, IndexError, botocore.exceptions.UnknownServiceError) as error:
        raise CommandError(f"`aws {' '.join(words[:2])}` does not exist.") from error
    options, parameters = _read_options(words[2:], operation)
    return AwsCommand(words[0], operation.name, parameters, options)


@cache
def _model(service: str) -> ServiceModel:
    """The model of a service; `s3` of the command line is another program."""
    named = {"s3api": "s3"}.get(service, service)
    return botocore.session.get_session().get_service_model(named)


def _split(words: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each option with the words up to the next one."""
    starts = [place for place, word in enumerate(words) if word.startswith("--")]
    if words and starts[:1] != [0]:
        raise CommandError(f"`{words[0]}` belongs to no option.")
    for start, end in itertools.pairwise([*starts, len(words)]):
        name, equals, value = words[start].partition("=")
        yield name, [*([value] if equals else []), *words[start + 1 : end]]


def _read_options(
    words: list[str], operation: OperationModel
) -> tuple[dict[str, str], dict[str, Any]]:
    options = {name: values[0] for name, values in _split(words) if name in _GLOBAL}
    raw = options.get("--cli-binary-format") == "raw-in-base64-out"
    members = operation.input_shape.members if operation.input_shape else {}
    by_option = {f"--{xform_name(member, '-')}": member for member in members}
    parameters: dict[str, Any] = {}
    for name, values in _split(words):
        if name in _GLOBAL:
            continue
        # What an operation streams back goes into a file, which is named last.
        if operation.has_streaming_output and values and values[-1] == words[-1]:
            values = values[:1]
        is_off = name.startswith("--no-") and f"--{name[5:]}" in by_option
        member = by_option.get(f"--{name[5:]}" if is_off else name)
        if member is None:
            raise CommandError(f"`{name}` is no option of {operation.name}.")
        shape = members[member]
        if shape.type_name == "boolean":
            parameters[member] = not is_off
        elif shape.serialization.get("streaming"):
            parameters[member] = " ".join(values).encode()  # a file's name, whose content is sent
        else:
            parameters[member] = _read_words(shape, values, raw=raw)
    return options, parameters


def _read_words(shape: Shape, words: list[str], *, raw: bool) -> Any:
    if isinstance(shape, ListShape) and words and not words[0].startswith("["):
        return [_read_value(shape.member, word, raw=raw) for word in words]
    if len(words) != 1:
        raise CommandError(f"{' '.join(words) or 'nothing'} is not one value.")
    return _read_value(shape, words[0], raw=raw)


def _read_value(shape: Shape, word: str, *, raw: bool) -> Any:
    if isinstance(shape, StructureShape | MapShape | ListShape):
        if word.startswith(("{", "[")) and not re.match(r"\[?\{?\w+=", word):
            return json.loads(word)
        return _Shorthand(word, raw=raw).read(shape)
    if shape.type_name == "blob":
        return word.encode() if raw else base64.b64decode(word, validate=True)
    try:
        return _NUMBERS.get(shape.type_name, str)(word)
    except ValueError as error:
        raise CommandError(f"{word} is not of the type {shape.type_name}.") from error


class _Shorthand:
    """`Key=value,Other=[a,b],Inner={Key=value}`: the AWS CLI's own way to write structures."""

    def __init__(self, text: str, *, raw: bool) -> None:
        self._text, self._place, self._raw = text, 0, raw

    def read(self, shape: Shape) -> Any:
        """Read all of the text."""
        value = self._value(shape, top=True)
        if self._place != len(self._text):
            raise CommandError(f"{self._text[self._place :]} is too much in {self._text}.")
        return value

    def _value(self, shape: Shape, *, top: bool = False) -> Any:
        if isinstance(shape, ListShape):
            return self._list(shape)
        if isinstance(shape, StructureShape | MapShape):
            return self._mapping(shape, braces=not top)
        found = re.compile(r"[^,\]}]*").match(self._text, self._place)
        word = found[0] if found else ""
        self._place += len(word)
        return _read_value(shape, word, raw=self._raw)

    def _list(self, shape: ListShape) -> list[Any]:
        self._take("[")
        found = []
        while not self._try("]"):
            found.append(self._value(shape.member))
            self._try(",")
        return found

    def _mapping(self, shape: StructureShape | MapShape, *, braces: bool) -> dict[str, Any]:
        if braces:
            self._take("{")
        found: dict[str, Any] = {}
        while self._place < len(self._text) and not (braces and self._try("}")):
            key = re.compile(r"[\w:./-]+").match(self._text, self._place)
            if key is None:
                raise CommandError(f"{self._text[self._place :]} has no key.")
            self._place = key.end()
            self._take("=")
            if isinstance(shape, MapShape):
                member = shape.value
            elif key[0] in shape.members:
                member = shape.members[key[0]]
            else:
                raise CommandError(f"{key[0]} is no member of {shape.name}.")
            found[key[0]] = self._value(member)
            self._try(",")
        return found

    def _try(self, character: str) -> bool:
        is_next = self._text[self._place : self._place + 1] == character
        self._place += is_next
        return is_next

    def _take(self, character: str) -> None:
        if not self._try(character):
            raise CommandError(f"{self._text[self._place :]} does not begin with {character}.")


def _read_deploy(words: list[str], folder: Path) -> AwsCommand:
    """`aws cloudformation deploy`, which the AWS CLI adds: the change set that it makes first."""
    given = dict(_split(words))
    known = {"--stack-name", "--template-file", "--capabilities", "--parameter-overrides", *_GLOBAL}
    if set(given) - known:
        raise CommandError(f"{', '.join(set(given) - known)}: no option of `deploy`.")
    template = (folder / given["--template-file"][0]).read_text(encoding="utf-8")
    overrides = [word.partition("=") for word in given.get("--parameter-overrides", [])]
    for name, _, _ in overrides:
        if not re.search(rf"^  {re.escape(name)}:$", template, re.MULTILINE):
            raise CommandError(f"{name} is no parameter of {given['--template-file'][0]}.")
    parameters = {
        "StackName": given["--stack-name"][0],
        "TemplateBody": template,
        "ChangeSetName": "awscli-cloudformation-package-deploy",
        "ChangeSetType": "CREATE",
        "Capabilities": given.get("--capabilities", []),
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": value} for name, _, value in overrides
        ],
    }
    options = {name: values[0] for name, values in given.items() if name in _GLOBAL}
    return AwsCommand("cloudformation", "CreateChangeSet", parameters, options)
