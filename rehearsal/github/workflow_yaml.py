"""YAML as GitHub reads it."""

import re
from typing import Any

import yaml


class WorkflowError(Exception):
    """A workflow file that GitHub, or the local runner, refuses to start."""


class _Loader(yaml.SafeLoader):
    """YAML 1.2's idea of scalars, as GitHub has: ``on`` and ``yes`` are text."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is given twice."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                raise WorkflowError(f"`{key}` is defined twice in the mapping at line {line}.")
        return super().construct_mapping(node, deep)


_SCALARS = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
)
_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first.strip("\0"), ""]
    )


def read_yaml(path: str, content: bytes) -> object:
    """Parse a workflow file.

    Raises:
        WorkflowError: it is not YAML; ``path`` is in the message.
    """
    try:
        return yaml.load(content, _Loader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.YAMLError as error:
        raise WorkflowError(f"{path} is not valid YAML: {error}") from error
