"""What people are told of stages and repositories, beside errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deploy_dispatch.decide import Attend, VersionState, View, decide
from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, RESTORE, Order
from deploy_dispatch.project_stages import Stage
from deploy_dispatch.stage_record import FAILED, Presence, StageRecord
from project_repository.environments import ENVIRONMENT, REGISTRY, gate_note
from project_repository.seed.bundle import SeedFile
from project_repository.upgrade_offer import offer_upgrade
from tests.unit.functions.project_repository.fake_target import FakeTarget

_ARN = "arn:model-package/rings-p-x/7"


def told() -> Iterator[tuple[str, str]]:
    """Who says it, and what."""
    yield from _attention()
    yield "pull request of a new version", _offer()
    for gate in (ENVIRONMENT, REGISTRY):
        for reviewed in (["prod"], ["staging", "prod"]):
            yield "notes in the README", gate_note(gate, reviewed)
    for order in (
        Order(DEPLOY, "dev", _ARN),
        Order(RESTORE, "dev", _ARN, instead_of="arn:6"),
        Order(REMOVE, "dev"),
        Order(REMOVE, "dev", instead_of="arn:6"),
        Order(LOOK, "dev"),
    ):
        said = f"{order.title} ({order.workflow('deploy.yml')}: {dict(order.inputs)})"
        yield "names of runs", said


def _offer() -> str:
    target: Any = FakeTarget()
    target.put("template", {"README.md": "x"}, "x\n\nSageMaker-Project-Seed: 1.zip\n")
    offer_upgrade(target, "2.zip", [SeedFile("README.md", b"y", False)])
    wish = target.sent[-1][2]
    return f"{wish['title']}\n\n{wish['body']}"


def _attention() -> Iterator[tuple[str, str]]:
    approved = VersionState(_ARN, is_approved=True, approved_by="anna")
    rejected = VersionState(_ARN)
    cut = Presence(untested="2", outcome=FAILED)
    for stage, version, record in (
        ("dev", rejected, StageRecord(is_unknown=True, is_looked_in_vain=True)),
        ("dev", rejected, StageRecord(serves=_ARN, way_back=f"{_ARN} 0")),
        ("dev", rejected, StageRecord(serves="arn:6")),
        ("dev", approved, StageRecord({_ARN: cut}, serves=_ARN)),
        ("dev", rejected, StageRecord(trouble="its run was refused")),
        ("dev", rejected, StageRecord(attention="settled since")),
        ("old", rejected, StageRecord(serves=_ARN)),
    ):
        view = View((Stage("dev", "automatic"),), {_ARN: version}, {stage: record})
        for step in decide(view):
            if isinstance(step, Attend):
                yield "attention", f"{step.stage}: {step.sentence or 'settled'}"
