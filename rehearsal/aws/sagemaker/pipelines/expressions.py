"""The expressions of a pipeline definition: `Get`, `Std:Join` and `Std:JsonGet`.

`{"Get": "Parameters.X"}`, `{"Get": "Execution.X"}` and `{"Get": "Steps.X.path"}` stand for values
that are known when the execution, or a step of it, has run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
EXECUTION_VARIABLES = frozenset(
    (
        "PipelineName",
        "PipelineArn",
        "PipelineExecutionId",
        "PipelineExecutionArn",
        "StartDateTime",
        "CurrentDateTime",
    )
)
_PATH_PART = re.compile(r"""\.?([^.\[\]'"]+)|\[\s*(?:'([^']*)'|"([^"]*)"|(\d+))\s*\]""")
# Members that name the elements of SageMaker's lists, as in Outputs['train'].
_ELEMENT_NAMES = ("OutputName", "InputName", "ChannelName", "ContainerHostname", "MetricName")


class ExpressionError(Exception):
    """An expression has no value; the message says which and why."""


def is_expression(node: Any) -> bool:
    """Whether a node of a definition stands for a value that is not written there."""
    kinds = (GET, JOIN, JSON_GET)
    return isinstance(node, Mapping) and len(node) == 1 and next(iter(node)) in kinds


def mappings_in(node: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping of a node, however deep."""
    if isinstance(node, Mapping):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for value in node:
            yield from mappings_in(value)


def references(node: Any) -> Iterator[str]:
    """All `Get` paths in a node."""
    return (
        each[GET] for each in mappings_in(node) if set(each) == {GET} and isinstance(each[GET], str)
    )


def referenced_steps(node: Any) -> set[str]:
    """Names of the steps that a node needs."""
    paths = (path.split(".") for path in references(node))
    return {parts[1].split("[")[0] for parts in paths if parts[0] == "Steps" and len(parts) > 1}


def look_up(value: Any, path: str) -> Any:
    """Follow a path such as `Outputs['train'].S3Output.S3Uri` or `metrics.mse.value`."""
    position = 0
    while position < len(path):
        match = _PATH_PART.match(path, position)
        if match is None:
            raise ExpressionError(f"The path {path} cannot be read at '{path[position:]}'.")
        name = next(part for part in match.groups() if part is not None)
        value = _member(value, name, path)
        position = match.end()
    return value


def _member(value: Any, name: str, path: str) -> Any:
    if isinstance(value, list):
        for element in value:
            if isinstance(element, Mapping) and name in (element.get(n) for n in _ELEMENT_NAMES):
                return element
        if name.isdigit() and int(name) < len(value):
            return value[int(name)]
    elif isinstance(value, Mapping) and value.get(name) is not None:
        return value[name]
    raise ExpressionError(f"There is no '{name}' in {path}.")


@dataclass
class Values:
    """What expressions stand for, in one execution.

    Args:
        read_object: reads an S3 object with the pipeline role's permissions.
        properties: by step, the description of what the step made.
        property_files: by step and property file, the S3 address of the file.
    """

    parameters: Mapping[str, Any]
    execution: Mapping[str, str]
    read_object: Callable[[str], bytes]
    properties: dict[str, Any] = field(default_factory=dict)
    property_files: dict[tuple[str, str], str] = field(default_factory=dict)

    def resolve(self, node: Any) -> Any:
        """Replace every expression in a node by its value.

        Raises:
            ExpressionError: an expression has no value.
        """
        if is_expression(node):
            ((kind, body),) = node.items()
            handlers: dict[str, Callable[[Any], Any]] = {
                GET: self._get,
                JOIN: self._join,
                JSON_GET: self._json_get,
            }
            return handlers[kind](body)
        if isinstance(node, Mapping):
            return {key: self.resolve(value) for key, value in node.items()}
        if isinstance(node, list):
            return [self.resolve(value) for value in node]
        return node

    def _get(self, path: str) -> Any:
        head, _, rest = path.partition(".")
        if head == "Parameters" and rest in self.parameters:
            return self.parameters[rest]
        if head == "Execution" and rest in self.execution:
            return self.execution[rest]
        step = re.split(r"[.\[]", rest, maxsplit=1)[0]
        if head == "Steps" and step in self.properties:
            return look_up(self.properties[step], rest[len(step) :])
        raise ExpressionError(f"{path} has no value.")

    def _join(self, body: Mapping[str, Any]) -> str:
        return str(body["On"]).join(_text(self.resolve(value)) for value in body["Values"])

    def _json_get(self, body: Mapping[str, Any]) -> Any:
        uri = self._document(body)
        try:
            document = json.loads(self.read_object(uri))
        except ValueError as error:
            raise ExpressionError(f"{uri} is not JSON: {error}") from error
        return look_up(document, body["Path"])

    def _document(self, body: Mapping[str, Any]) -> str:
        if "PropertyFile" not in body:
            return str(self.resolve(body["S3Uri"]))
        step, name = property_file_path(body["PropertyFile"])
        try:
            return self.property_files[step, name]
        except KeyError as error:
            raise ExpressionError(f"Step {step} has no property file {name}.") from error


def property_file_path(reference: Any) -> tuple[str, str]:
    """Step and name of `Steps.<step>.PropertyFiles.<name>`.

    Raises:
        ExpressionError: it is not of that form.
    """
    path = reference.get(GET, "") if isinstance(reference, Mapping) else ""
    parts = path.split(".", 3)
    if len(parts) != 4 or parts[0] != "Steps" or parts[2] != "PropertyFiles":
        raise ExpressionError(f"{reference} does not name a property file of a step.")
    return parts[1], parts[3]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
