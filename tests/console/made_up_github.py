"""A GitHub that answers every request with what its OpenAPI description allows, and hostile texts.

A list has one entry, an enumeration its first value, an address leads to a page of GitHub's.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import github

from mlops_sm_project_template.config.github_server import GithubServer
from operations.github_access import GithubAccess
from tests.console.made_up_answers import STAGES
from tests.console.texts import HOSTILE, MARKUP, UNBROKEN
from tests.github_openapi import answer_schema, resolve
from tests.loopback import Answering, address_of, serving

_PAGE = "https://github.example/made-up"
_MOMENT = "2026-11-27T04:00:00Z"
_DEEPEST = 6
_SETTINGS = {
    "stages": [
        {"name": name, "approval": approval, "serving": {"mode": "serverless"}}
        for name, approval in zip(STAGES, ("automatic", "environment"), strict=True)
    ]
}
_DATASET = f"""
label = "class"
[columns]
{json.dumps(MARKUP)} = {{ type = "category", values = [{json.dumps(MARKUP)}, "b"] }}
{json.dumps(UNBROKEN)} = {{ type = "number", minimum = 0 }}
class = {{ type = "category", values = [{json.dumps(MARKUP)}, "b"] }}
"""
_FILES = {"config/stages.yml": json.dumps(_SETTINGS), "dataset.toml": _DATASET}


@contextmanager
def access(
    files: Mapping[str, str] = _FILES, asked: list[Any] | None = None
) -> Iterator[GithubAccess]:
    """A client of a GitHub, until the block ends.

    Args:
        files: of each of its repositories, by their paths.
        asked: to which each request is added.
    """
    known = {"files": files, "asked": [] if asked is None else asked}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), known))
    with serving(server):
        token = github.Auth.Token("testing")
        client = github.Github(base_url=address_of(server), auth=token, retry=None)
        try:
            yield GithubAccess(client, "testing", GithubServer("https://github.example"))
        finally:
            client.close()


class _Answers(Answering):
    files: Mapping[str, str]
    asked: list[Any]

    def answer(self) -> None:
        path = urlsplit(self.path).path
        self.asked.append(("GitHub", path))
        own = f"http://{self.headers['Host']}{path}"
        made_up = _made_up(answer_schema("GET", self.path), own)
        content = self.files.get(path.partition("/contents/")[2])
        if content is not None:
            # Of what may be a file or a folder, it is a file.
            encoded = base64.b64encode(content.encode()).decode()
            file = {"type": "file", "encoding": "base64", "content": encoded}
            made_up = {**(made_up if isinstance(made_up, dict) else {}), **file}
        self.say(200, json.dumps(made_up).encode(), {"Content-Type": "application/json"})


def _made_up(schema: Mapping[str, Any], own: str, name: str = "", depth: int = 0) -> Any:
    schema = resolve(dict(schema))
    for several in ("oneOf", "anyOf"):
        if several in schema:
            return _made_up(schema[several][0], own, name, depth)
    if "allOf" in schema:
        parts = [_made_up(part, own, name, depth) for part in schema["allOf"]]
        return {key: value for part in parts for key, value in part.items()}
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    if kind == "object":
        members = schema.get("properties", {}) if depth < _DEEPEST else {}
        return {key: _made_up(one, own, key, depth + 1) for key, one in members.items()}
    if kind == "array":
        return [_made_up(schema["items"], own, name, depth + 1)] if depth < _DEEPEST else []
    if kind == "string":
        return _text(schema, own, name)
    return {"integer": 1, "number": 1.5, "boolean": False}.get(kind)


def _text(schema: Mapping[str, Any], own: str, name: str) -> str:
    if schema.get("format") == "date-time" or name.endswith("_at"):
        return _MOMENT
    if name == "url":  # where the client asks for more of it
        return own
    if schema.get("format") in ("uri", "uri-template") or re.search(r"(^|_)(url|href)$", name):
        return _PAGE
    return HOSTILE
