"""The templates with policies, and where in them statements are."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from cfnlint.decode import cfn_yaml

from mutation.mutant import MutationError

SYNTHESIZED = {
    "registration": "assembly-*/*ServiceCatalog????????.template.json",
    "project": "assembly-*/*.product.template.json",
}
STAGE_ACCOUNT = "seed_code/deploy_app/stage_account.yml"
WRITTEN = {"stage account": STAGE_ACCOUNT, "prerequisites": "prerequisites/prerequisites.yml"}
_HASH = re.compile(r"[0-9A-F]{8}$")
_SETTINGS = {
    "AWS_ACCOUNT": "111122223333",
    "AWS_REGION": "eu-west-1",
    "GITHUB_SERVER_URL": "https://github.com",
    "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    "CDK_VALIDATION": "false",
}

Statement = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """A statement and where it is.

    Attributes:
        template: `registration`, `project`, `stage account` or `prerequisites`.
        resource: logical id.
        nth: its number among the statements of the resource.
        statement: as the template says it.
    """

    template: str
    resource: str
    nth: int
    statement: Statement

    @property
    def name(self) -> str:
        """The resource without the hash of its logical id."""
        return _HASH.sub("", self.resource)


def read_templates(root: Path) -> dict[str, dict[str, Any]]:
    """Synthesize, and read what people wrote; templates by name, short forms written out.

    Raises:
        MutationError: the template cannot be synthesized.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: os.environ[name] for name in ("HOME", "JSII_NODE", "PATH")}
        done = subprocess.run(
            [sys.executable, "app.py"],
            cwd=root,
            env={**kept, **_SETTINGS, "CDK_OUTDIR": folder, "CDK_CONTEXT_JSON": _context(root)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise MutationError(f"`make synth` fails, so there are no policies: {done.stderr}")
        made = {name: read_template(_one(Path(folder), at)) for name, at in SYNTHESIZED.items()}
    return {**made, **{name: read_template(root / file) for name, file in WRITTEN.items()}}


def _context(root: Path) -> str:
    return json.dumps(json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"])


def _one(folder: Path, pattern: str) -> Path:
    (file,) = folder.glob(pattern)
    return file


def read_template(file: Path) -> dict[str, Any]:
    """A template with short forms written out."""
    template: dict[str, Any] = json.loads(json.dumps(cfn_yaml.load(str(file))))
    return template


def write_template(file: Path, template: Mapping[str, Any]) -> None:
    """Write it as AWS CDK and the template write theirs."""
    if file.suffix == ".json":
        file.write_text(json.dumps(template, indent=1), encoding="utf-8")
    else:
        file.write_text(yaml.safe_dump(template, sort_keys=False, width=100), encoding="utf-8")


def statements_of(name: str, template: Mapping[str, Any]) -> Iterator[Found]:
    """Every statement of every policy in a template."""
    for resource, content in template["Resources"].items():
        found: list[Statement] = []
        _changed(content, lambda one, found=found: found.append(one) or one)  # type: ignore[misc]
        for nth, statement in enumerate(found):
            yield Found(name, resource, nth, statement)


def with_statement(template: Mapping[str, Any], found: Found, statement: Any) -> dict[str, Any]:
    """The template with another statement in its place, or with none.

    A template of other settings may have other statements around it, so equal ones are changed.

    Args:
        template: one in which the resource may be.
        found: the statement that is taken out.
        statement: what takes its place; None for nothing.
    """
    resources = dict(template["Resources"])
    if found.resource in resources:
        resources[found.resource] = _changed(
            resources[found.resource], lambda one: statement if one == found.statement else one
        )
    return {**template, "Resources": resources}


def _changed(value: Any, change: Callable[[Statement], Statement | None]) -> Any:
    """A value in which each statement went through `change`, documents in texts included."""
    if isinstance(value, list):
        return [_changed(one, change) for one in value]
    if isinstance(value, str) and '"Statement"' in value:
        try:
            return json.dumps(_changed(json.loads(value), change))
        except json.JSONDecodeError:
            return value
    if not isinstance(value, dict):
        return value
    if '"Statement"' in str(value.get("Fn::Join")):
        return _changed_text(value, change)
    rest = {key: _changed(one, change) for key, one in value.items() if key != "Statement"}
    if "Statement" not in value:
        return rest
    said = value["Statement"]
    after = [change(one) for one in (said if isinstance(said, list) else [said])]
    return {key: rest.get(key, [one for one in after if one is not None]) for key in value}


def _changed_text(joined: dict[str, Any], change: Callable[[Statement], Statement | None]) -> Any:
    """A document that is text with references between; once changed, as `Fn::Sub` writes it."""
    try:
        document = json.loads("".join(map(_text, joined["Fn::Join"][1])))
    except (json.JSONDecodeError, TypeError):
        return {"Fn::Join": _changed(joined["Fn::Join"], change)}
    after = _changed(document, change)
    return joined if after == document else {"Fn::Sub": json.dumps(after)}


def _text(part: Any) -> str:
    return part if isinstance(part, str) else f"${{{part['Ref']}}}"
