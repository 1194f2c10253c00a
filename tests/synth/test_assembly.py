"""The cloud assembly as a whole: stable, complete, clean."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
from aws_cdk import App, Stack
from cfnlint import ManualArgs

from mlops_sm_project_template import stage_account_template
from mlops_sm_project_template.catalog_constructs.seed_assets import LEFT_BEHIND, SeedAssets

_REPORT = "validation-report.json"
_ROOT = Path(__file__).resolve().parents[2]


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_syntheses_are_equal_to_the_byte(synthesis: Any, second_synthesis: Any) -> None:
    first, second = _files(synthesis.outdir), _files(second_synthesis.outdir)
    assert second.keys() == first.keys() - {_REPORT}, "the first alone is validated"
    assert _REPORT in first
    assert [name for name in second if first[name] != second[name]] == []


def test_aws_cdk_finds_nothing_in_what_it_synthesized(synthesis: Any) -> None:
    report = json.loads((synthesis.outdir / _REPORT).read_text(encoding="utf-8"))
    (validation,) = report["pluginReports"]
    assert (validation["conclusion"], validation["violations"]) == ("success", [])


@pytest.mark.tier("test")
@pytest.mark.parametrize("which", ["registration_file", "product_file"])
def test_cfn_lint_finds_nothing_in_a_synthesized_template(synthesis: Any, which: str) -> None:
    _lint(getattr(synthesis, which))


def test_it_is_deployed_by_the_bootstrap_that_is_set(synthesis: Any, generous: Any) -> None:
    for made, qualifier, other in (
        (synthesis, "cdk-hnb659fds-", "cdk-company-"),
        (generous, "cdk-company-", "hnb659fds"),
    ):
        text = "".join(file.read_text(encoding="utf-8") for file in made.assembly.glob("*.json"))
        assert {f"{qualifier}deploy-role", f"{qualifier}assets"} <= set(
            re.findall(rf"{qualifier}(?:deploy-role|assets)", text)
        )
        assert f"/cdk-bootstrap/{qualifier.split('-')[1]}/version" in text
        assert other not in text


@pytest.mark.parametrize(
    "written", ["prerequisites/prerequisites.yml", "seed_code/deploy_app/stage_account.yml"]
)
def test_cfn_lint_finds_nothing_in_a_written_template(written: str) -> None:
    _lint(_ROOT / written)


def test_the_template_of_a_stage_account_is_what_the_constructs_make() -> None:
    made = stage_account_template
    assert made.FILE.read_text(encoding="utf-8") == made.build(), f"run python -m {made.__name__}"


def _lint(template: Path) -> None:
    assert cfnlint.api.lint_file(template, config=ManualArgs(regions=["eu-west-1"])) == []


def test_assembly_names_one_stack_for_the_account(synthesis: Any) -> None:
    manifest = json.loads((synthesis.assembly / "manifest.json").read_text(encoding="utf-8"))
    (stack,) = (
        artifact
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    )
    assert stack["properties"]["stackName"] == "MLOpsServiceCatalog"
    assert stack["environment"] == "aws://111122223333/eu-west-1"


def test_no_asset_needs_docker(synthesis: Any) -> None:
    (file,) = synthesis.assembly.glob("*.assets.json")
    manifest = json.loads(file.read_text(encoding="utf-8"))
    assert manifest["dockerImages"] == {}
    assert manifest["files"], "seed code, functions and templates"


def test_templates_hold_no_placeholder_and_no_time(registration: Any, product: Any) -> None:
    for template in (registration, product):
        text = json.dumps(template)
        assert not re.search(r"TODO|FIXME|CHANGE.?ME|change.?me|<[a-z_ -]+>|xxxx", text)
        without_policy_version = text.replace("2012-10-17", "")
        assert not re.search(r"20\d\d-\d\d-\d\d", without_policy_version)


def test_templates_carry_no_metadata_of_the_machine(registration: Any, product: Any) -> None:
    for template in (registration, product):
        text = json.dumps(template)
        assert str(_ROOT) not in text
        assert "aws:cdk:path" not in text
        assert "AWS::CDK::Metadata" not in text


def _seed_keys(root: Path) -> list[str]:
    stack = Stack(App(), "Stack")
    assets = SeedAssets(stack, "Assets", root=root)
    return [assets.build_app.key, assets.deploy_app.key, assets.functions.s3_object_key]


def _small_project(root: Path) -> Path:
    for folder in ("functions/worker", "seed_code/build_app/tests", "seed_code/deploy_app"):
        (root / folder).mkdir(parents=True)
        (root / folder / "file.py").write_text(f"# {folder}\n", encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("position", "file"),
    [
        (0, "seed_code/build_app/tests/file.py"),
        (1, "seed_code/deploy_app/file.py"),
        (2, "functions/worker/file.py"),
    ],
)
def test_bundles_are_named_by_their_content(tmp_path: Path, position: int, file: str) -> None:
    root = _small_project(tmp_path)
    before = _seed_keys(root)
    (root / file).write_text("# new\n", encoding="utf-8")
    after = _seed_keys(root)
    assert [one != other for one, other in zip(before, after, strict=True)] == [
        which == position for which in range(3)
    ]
    (root / file).write_text(f"# {file.rpartition('/')[0]}\n", encoding="utf-8")
    assert _seed_keys(root) == before


@pytest.mark.parametrize("pattern", LEFT_BEHIND)
def test_what_tools_leave_behind_stays_out_of_bundles(tmp_path: Path, pattern: str) -> None:
    root = _small_project(tmp_path)
    before = _seed_keys(root)
    name = pattern.strip("/").replace("*", "x")
    for folder in ("functions", "seed_code/build_app/tests", "seed_code/deploy_app"):
        path = root / folder / name / "left" if pattern.endswith("/") else root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left behind\n", encoding="utf-8")
    assert _seed_keys(root) == before


def test_malformed_setting_ends_in_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=_ROOT,
        env={
            **os.environ,
            "AWS_ACCOUNT": "111122223333",
            "AWS_REGION": "nowhere",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: AWS_REGION is 'nowhere' but must be an AWS region")
    assert len(done.stderr.splitlines()) == 1
