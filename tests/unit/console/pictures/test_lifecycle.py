"""The boxes of a project's life say what is known, and never that there is nothing if it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from console.asking.pipeline import Execution, Step
from console.asking.repositories import Run, Runs
from console.asking.stages import Served
from console.asking.versions import Version
from console.pictures.lifecycle import Box, boxes_of
from console.words.gates import AUTOMATIC, REGISTRY
from console.words.states import APPROVED, ASKED, BAD, GOOD, NOTHING, RUNNING, UNDECIDED, WAITING
from operations.fleet.stages import Stage
from tests.console.made_up_aws import NOW
from tests.unit.console.made_up_project import ARN, PROJECT

_GITHUB = "https://ghe.acme.org/acme/rings-build"
_RUN = Run("Seed", "Build model", "success", f"{_GITHUB}/actions/runs/1", "c" * 40, NOW, 9, False)
_RUNS = Runs([_RUN], [], _GITHUB, _GITHUB)
_STEPS = (Step("Train", "Training", (), "Executing"), Step("Evaluate", "Processing", ("Train",)))
_EXECUTION = Execution("arn:of/an/execution", "Executing", NOW, 9, "", "", _STEPS)
_NOTHING: dict[str, Any] = {"runs": None, "execution": None, "versions": None}


def _version(approval: str = APPROVED, **life_cycle: str) -> Version:
    package = {
        "ModelPackageArn": f"{ARN}/3",
        "ModelPackageVersion": 3,
        "ModelApprovalStatus": approval,
        "ModelLifeCycle": life_cycle,
    }
    return Version(package, None)


def _stage(*, is_told_by_registry: bool = False, gate: str = AUTOMATIC, **told: Any) -> Served:
    stage = replace(Stage("prod", "", "", False, ""), **told)
    return Served(stage, gate, "", is_told_by_registry)


def _boxes(*stages: Served, **answers: Any) -> dict[str, Box]:
    return {box.name: box for box in boxes_of(PROJECT, stages, {**_NOTHING, **answers})}


def test_of_what_is_not_known_nothing_is_said() -> None:
    boxes = _boxes(_stage(is_told_by_registry=True, gate=""))
    assert {name: box.text for name, box in boxes.items()} == {
        "Pipeline": "no execution known",
        "Version": "none known",
        "prod": "not known",
    }
    assert {box.state for box in boxes.values()} == {NOTHING}


def test_a_build_leads_to_its_commit_and_its_run() -> None:
    boxes = _boxes(runs=_RUNS, execution=_EXECUTION)
    assert boxes["Commit"].text == "ccccccc"
    assert boxes["Commit"].address == f"{_GITHUB}/commit/{'c' * 40}"
    assert (boxes["Build"].state, boxes["Build"].address) == (GOOD, _RUN.url)
    assert (boxes["Pipeline"].state, boxes["Pipeline"].text) == (RUNNING, "Train")


def test_repositories_without_a_run_are_told() -> None:
    boxes = _boxes(runs=replace(_RUNS, build=[]))
    assert "Commit" not in boxes
    assert (boxes["Build"].state, boxes["Build"].text) == (NOTHING, "no run yet")


@pytest.mark.parametrize(
    ("stage", "state", "text"),
    [
        (_stage(), NOTHING, "serves nothing"),
        (_stage(version="2"), GOOD, "serves version 2"),
        (_stage(version="2", under_way="3"), RUNNING, "version 3 on its way"),
        (_stage(version="2", attention="Look at it."), BAD, "needs somebody"),
        (_stage(version="2", is_unknown=True), BAD, "needs somebody"),
    ],
)
def test_a_stage_lights_up_by_what_happens_there(stage: Served, state: str, text: str) -> None:
    box = _boxes(stage)["prod"]
    assert (box.state, box.text, box.address) == (state, text, f"{PROJECT.page}/stages/prod")


@pytest.mark.parametrize(
    ("version", "serves", "state"),
    [
        (_version(UNDECIDED), "", NOTHING),
        (_version(), "2", NOTHING),
        (_version(), "3", GOOD),
        (_version(Stage="prod", StageStatus=ASKED), "2", WAITING),
        (_version(Stage="dev", StageStatus=ASKED), "2", NOTHING),
    ],
)
def test_a_gate_tells_whether_the_newest_version_waits_there_or_passed(
    version: Version, serves: str, state: str
) -> None:
    box = _boxes(_stage(gate=REGISTRY, version=serves), versions=[version])["Gate of prod"]
    assert (box.state, box.text) == (state, "somebody in the registry")
