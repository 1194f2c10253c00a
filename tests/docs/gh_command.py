"""A line for GitHub's command line, read as that program reads it: the REST request behind it.

Source: https://cli.github.com/manual/gh_api and /gh_workflow_run.
"""

import argparse
from dataclasses import dataclass
from typing import Any, NoReturn


class GhCommandError(Exception):
    """`gh` would refuse the line."""


@dataclass(frozen=True)
class GhCommand:
    """One request; `jq` is what is taken of the answer, such as `.name`."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    jq: str | None = None


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise GhCommandError(message)


def read_gh_command(words: list[str], repository: str, branch: str) -> GhCommand:
    """Read the words after `gh`, typed in a clone of `repository`, whose default is `branch`.

    Raises:
        GhCommandError: it is no such command.
    """
    if words[:1] == ["api"]:
        parser = _Parser(allow_abbrev=False)
        parser.add_argument("endpoint")
        parser.add_argument("--jq", "-q")
        parser.add_argument("--method", "-X", default="GET")
        given = parser.parse_args(words[1:])
        return GhCommand(given.method, "/" + given.endpoint.lstrip("/"), None, given.jq)
    if words[:2] == ["workflow", "run"]:
        parser = _Parser(allow_abbrev=False)
        parser.add_argument("workflow")
        parser.add_argument("--ref", "-r", default=branch)
        parser.add_argument("--raw-field", "-f", action="append", default=[])
        given = parser.parse_args(words[2:])
        inputs = dict(field.split("=", 1) for field in given.raw_field)
        path = f"/repos/{repository}/actions/workflows/{given.workflow}/dispatches"
        return GhCommand("POST", path, {"ref": given.ref, "inputs": inputs})
    raise GhCommandError(f"`gh {' '.join(words[:2])}` is not known here")


def select(answer: Any, jq: str | None) -> Any:
    """What a filter of the form `.key.other` takes of an answer."""
    for key in (jq or "").split(".")[1:]:
        answer = answer[key]
    return answer
