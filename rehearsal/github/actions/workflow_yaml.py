"""YAML as GitHub reads it."""

import copy
import functools
import re
from typing import Any

import yaml

_KEPT_FILES = 256


class WorkflowError(Exception):
    """A workflow file that GitHub, or the local runner, refuses to start."""


class _UniqueKeys(yaml.constructor.SafeConstructor):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that is given twice."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                line = node.start_mark.line + 1
                raise WorkflowError(f"`{key}` is defined twice in the mapping at line {line}.")
        return super().construct_mapping(node, deep)


class _Loader(_UniqueKeys, yaml.SafeLoader):
    """YAML 1.2's idea of scalars, as GitHub has: ``on`` and ``yes`` are text."""


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
_FastLoader: type[yaml.SafeLoader | yaml.CSafeLoader] = _Loader
if yaml.__with_libyaml__:

    class _LibyamlLoader(_UniqueKeys, yaml.CSafeLoader):
        """The same in a tenth of the time."""

        yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers

    _FastLoader = _LibyamlLoader


def read_yaml(path: str, content: bytes) -> object:
    """Parse a workflow file; what it gives is the caller's own.

    Raises:
        WorkflowError: it is not YAML; ``path`` is in the message.
    """
    try:
        return copy.deepcopy(_parse(content))
    except yaml.YAMLError as error:
        raise WorkflowError(f"{path} is not valid YAML: {error}") from error


@functools.lru_cache(maxsize=_KEPT_FILES)
def _parse(content: bytes) -> object:
    """Parse once: a repository's list of workflows reads all of its files each time."""
    try:
        return yaml.load(content, _FastLoader)  # noqa: S506 - a subclass of SafeLoader
    except yaml.YAMLError:
        # Its messages stay the same, with libyaml and without.
        return yaml.load(content, _Loader)  # noqa: S506 - as above
