"""Reads a settings file; whatever is wrong with its form is refused in one sentence."""

from pathlib import Path
from typing import Any

import yaml

from deploy_endpoint.errors import SettingsError, shown


class _SettingsLoader(yaml.SafeLoader):
    """A date stays a text, and a key may not stand twice, of which PyYAML keeps the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                continue  # refused below
            if key_node.value in keys:
                raise _DuplicateKeyError(key_node.value, key_node.start_mark.line + 1)
            keys.add(key_node.value)
        return super().construct_mapping(node, deep)


_SettingsLoader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _DuplicateKeyError(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key = key
        self.line = line


def name_of(path: Path) -> str:
    """Name a settings file as a person would, such as config/stages.yml."""
    return f"{path.parent.name}/{path.name}"


def read_settings(path: Path) -> dict[Any, Any]:
    """Read the mapping in a YAML file.

    Raises:
        SettingsError: the file is missing, is not YAML, or holds no mapping.
    """
    source = name_of(path)
    try:
        # The loader is a SafeLoader.
        values = yaml.load(path.read_text(encoding="utf-8"), _SettingsLoader)  # noqa: S506
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {source}; restore it from the branch template or from git's history."
        ) from None
    except _DuplicateKeyError as error:
        raise SettingsError(
            f"{source}: {shown(error.key)} stands twice in one mapping; remove it in line "
            f"{error.line}."
        ) from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{source} is not YAML; correct line {line}.") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise SettingsError(f"{source} is not text; write it as YAML in UTF-8.") from None
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        # What PyYAML raises of a tag that does not fit its value, and of a thousand brackets.
        raise SettingsError(
            f"{source} holds a value that cannot be read; write texts, numbers, lists and mappings."
        ) from None
    if not isinstance(values, dict):
        raise SettingsError(f"{source} holds no settings; write them as `name: value` lines.")
    return values
