"""Every combination of settings gives a clean template or is refused with its reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from typing import Any

import pytest

from tests.checkov import check

from .conftest import SEED, TOOLS
from .stage_combinations import DIMENSIONS, few_for_all, is_impossible

pytestmark = [pytest.mark.proof("settings"), pytest.mark.timeout(1200)]
PROGRAM = Path(__file__).with_name("stage_combinations.py")
NODE = TOOLS / "node"


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the templates and the refusals; cdk-nag had nothing to say."""
    outdir = tmp_path_factory.mktemp("combinations")
    environment = {**os.environ, "PYTHONPATH": str(SEED / "vendor"), "JSII_NODE": str(NODE)}
    argv = [sys.executable, str(PROGRAM), str(outdir)]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    return outdir


def said(judged: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((judged / "judged.json").read_text(encoding="utf-8"))
    return loaded


def templates(judged: Path) -> dict[str, list[dict[str, Any]]]:
    """The resources of each template by the combination's name."""
    return {
        path.name.removesuffix(".template.json"): list(
            json.loads(path.read_text(encoding="utf-8"))["Resources"].values()
        )
        for path in judged.glob("*.template.json")
    }


def properties(resources: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (r["Properties"] for r in resources if r["Type"] == f"AWS::{kind}")


def test_exactly_the_impossible_is_refused(judged: Path) -> None:
    everything = list(product(*DIMENSIONS))
    accepted, refused = said(judged)["accepted"], said(judged)["refused"]
    assert set(refused) == {" ".join(c) for c in everything if is_impossible(c)}
    assert set(accepted) == {" ".join(c) for c in everything if not is_impossible(c)}


def test_every_refusal_is_one_sentence_that_names_the_stage(judged: Path) -> None:
    for combination, sentence in said(judged)["refused"].items():
        (name,) = {"dev", "staging", "prod"} & set(combination.split())
        assert sentence.startswith(f"config/stages.yml: stage {name}: ")
        assert sentence.endswith(".")
        assert ". " not in sentence


def test_every_two_values_that_can_meet_have_met_in_a_template(judged: Path) -> None:
    possible = [tuple(combination.split()) for combination in said(judged)["accepted"]]
    chosen = list(few_for_all(sorted(possible)))
    assert {"-".join(combination) for combination in chosen} == set(templates(judged))
    met = {pair for combination in chosen for pair in combinations(combination, 2)}
    assert met == {pair for combination in possible for pair in combinations(combination, 2)}


def test_cfn_lint_finds_nothing(judged: Path) -> None:
    files = sorted(str(path) for path in judged.glob("*.template.json"))
    argv = [str(TOOLS / "cfn-lint"), "--regions", "eu-west-1", "--", *files]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr


def test_checkov_finds_nothing(judged: Path, tmp_path: Path) -> None:
    names = ("serverless-6-", "m5x1-to-6-", "g5x4-fixed-rolling-")
    for name in names:
        file = next(iter(sorted(judged.glob(f"{name}*.template.json"))))
        (tmp_path / file.name).write_bytes(file.read_bytes())
    found = check(tmp_path)
    assert found["failed_checks"] == set()
    assert found["passed_checks"]


def test_serverless_has_nothing_that_sagemaker_refuses_there(judged: Path) -> None:
    serverless = [r for name, r in templates(judged).items() if name.startswith("serverless")]
    assert serverless
    for resources in serverless:
        (model,) = properties(resources, "SageMaker::Model")
        (config,) = properties(resources, "SageMaker::EndpointConfig")
        (endpoint,) = properties(resources, "SageMaker::Endpoint")
        assert "EnableNetworkIsolation" not in model
        assert set(config) == {"ProductionVariants", "Tags"}
        assert set(endpoint) == {"EndpointConfigName", "EndpointName", "Tags"}
        assert len(resources) == 3


def test_instances_are_isolated_and_only_whole_ones_move(judged: Path) -> None:
    stepwise = 0
    for resources in templates(judged).values():
        (model,) = properties(resources, "SageMaker::Model")
        (config,) = properties(resources, "SageMaker::EndpointConfig")
        (endpoint,) = properties(resources, "SageMaker::Endpoint")
        (variant,) = config["ProductionVariants"]
        if "ServerlessConfig" in variant:
            continue
        assert model["EnableNetworkIsolation"] is True
        deployment = endpoint.get("DeploymentConfig", {})
        routing = deployment.get("BlueGreenUpdatePolicy", {}).get("TrafficRoutingConfiguration")
        if "RollingUpdatePolicy" in deployment or (routing and routing["Type"] != "ALL_AT_ONCE"):
            assert variant["InitialInstanceCount"] >= 2
            stepwise += 1
    assert stepwise
