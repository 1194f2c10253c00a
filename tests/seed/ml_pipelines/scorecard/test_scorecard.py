"""The parts of a scorecard, and the command that prints them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ml_pipelines import write_scorecard
from ml_pipelines.scorecard import change
from ml_pipelines.scorecard.build_cost import build_cost, read_prices
from ml_pipelines.scorecard.change import ComparisonError, definition_change, settings_change
from ml_pipelines.scorecard.results import (
    ResultsError,
    noted_training,
    outcome,
    read_results,
    training,
)
from ml_pipelines.settings import PipelineSettings, SettingsError, read_pipeline_settings

from tests.seed.build_app.conftest import CONFIGURATION

ROOT = Path(__file__).resolve().parents[4]
SEED = ROOT / "seed_code/build_app"
SETTINGS = read_pipeline_settings(SEED / "pipeline.toml")
PRICES = read_prices(SEED / "prices.toml")
CASE = '<testcase classname="tests.unit.test_a" name="test_{name}">{inner}</testcase>'
NOTED = {"committed": False, "trained": 420, "tested": 90, "value": 0.5, "interval": [0.4, 0.6]}


def results(folder: Path, *cases: str, noted: dict[str, Any] | None = None) -> Path:
    value = json.dumps(noted).replace('"', "&quot;")
    properties = f'<properties><property name="training" value="{value}"/></properties>'
    suite = f"<testsuite>{properties if noted else ''}{''.join(cases)}</testsuite>"
    path = folder / "results.xml"
    path.write_text(f"<testsuites>{suite}</testsuites>", encoding="utf-8")
    return path


def case(name: str, inner: str = "") -> str:
    return CASE.format(name=name, inner=inner)


def side(folder: Path, threshold: str = "6.0", program: str = "print('{}')") -> Path:
    """A branch whose definition is what a program prints."""
    package = folder / "ml_pipelines"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "get_pipeline_definition.py").write_text(program, encoding="utf-8")
    (folder / "pipeline.toml").write_text(f"[gate]\nthreshold = {threshold}\n", encoding="utf-8")
    return folder


def test_failures_are_counted_and_named_without_markup(tmp_path: Path) -> None:
    cases = [
        case("good"),
        case("left_out", "<skipped/>"),
        case("wrong[&lt;b&gt;]", "<failure>@octo</failure>"),
        case("broken", "<error/>"),
    ]
    told = outcome(read_results(results(tmp_path, *cases)))
    assert told.splitlines() == [
        "1 passed, 2 failed, 1 skipped.",
        "",
        "Failed:",
        "",
        r"- tests\.unit\.test\_a\:\:test\_wrong\[\<b\>\]",
        r"- tests\.unit\.test\_a\:\:test\_broken",
    ]


def test_of_many_failures_ten_are_named(tmp_path: Path) -> None:
    cases = [case(str(number), "<failure/>") for number in range(13)]
    lines = outcome(read_results(results(tmp_path, *cases))).splitlines()
    assert lines[0] == "0 passed, 13 failed, 0 skipped."
    assert len([line for line in lines if line.startswith("- tests")]) == 10
    assert lines[-1] == "- and 3 more"


@pytest.mark.parametrize("text", [None, "", "<testsuites>", "<testsuites/>"])
def test_results_that_are_none_are_a_sentence(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "results.xml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ResultsError, match="results"):
        read_results(path)


@pytest.mark.parametrize(
    ("is_committed", "sample", "said"),
    [
        (False, "a synthetic sample", "nothing about your data"),
        (True, "data/sample.csv", "at most 6 on the test records of all data"),
    ],
)
def test_a_training_is_told_with_its_sample(
    tmp_path: Path, is_committed: bool, sample: str, said: str
) -> None:
    noted = {**NOTED, "committed": is_committed}
    found = noted_training(read_results(results(tmp_path, noted=noted)))
    assert found == noted
    told = training(found, SETTINGS)
    assert f"| {sample} | 420 records | 90 records | 0.5 | 0.4 to 0.6 |" in told
    assert "| mean squared error |" in told
    assert said in told


def test_tests_without_a_training_note_none(tmp_path: Path) -> None:
    assert noted_training(read_results(results(tmp_path, case("good")))) is None


def test_changed_settings_are_shown_line_by_line(tmp_path: Path) -> None:
    told = settings_change(side(tmp_path / "base"), side(tmp_path / "head", "5.5"))
    assert "-threshold = 6.0\n+threshold = 5.5" in told
    assert "dataset" not in told
    assert settings_change(tmp_path / "base", tmp_path / "base") == "Unchanged."


def test_a_settings_file_that_takes_minutes_to_compare_is_refused(tmp_path: Path) -> None:
    base, head = side(tmp_path / "base"), side(tmp_path / "head")
    (head / "dataset.toml").write_text("#" * (change.LARGEST_BYTES + 1))
    with pytest.raises(ComparisonError, match=r"dataset\.toml has over 200,000 characters"):
        settings_change(base, head)


def test_definitions_are_compared_by_what_each_side_s_code_makes(tmp_path: Path) -> None:
    base = side(tmp_path / "base", program='print(\'{"b": 1, "a": [1]}\')')
    head = side(tmp_path / "head", program='print(\'{"a": [2], "b": 1}\')')
    told = definition_change(base, head)
    assert "-    1\n+    2" in told
    assert '+  "b"' not in told  # the order of keys is no change


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit('no <such> project')", "the head branch makes no definition: no <such>"),
        ("print('[')", "the head branch makes no definition: its command gave no JSON"),
        ("raise SystemExit(1)", "the head branch makes no definition: it said nothing"),
    ],
)
def test_a_side_without_definition_says_why(tmp_path: Path, program: str, said: str) -> None:
    with pytest.raises(ComparisonError, match=said):
        definition_change(side(tmp_path / "base"), side(tmp_path / "head", program=program))


def priced(**jobs: Any) -> PipelineSettings:
    whole = SETTINGS.jobs.model_copy(update=jobs)
    return SETTINGS.model_copy(update={"jobs": whole})


def test_a_build_costs_its_three_jobs() -> None:
    settings = priced(training_instance_type="ml.g5.xlarge", training_timeout_seconds=7200)
    told = build_cost(settings, PRICES, "us-east-1", 30)
    assert r"| Train | ml\.g5\.xlarge | 1.408 | 0.704 |" in told
    assert f"| total |  |  | {(2 * 0.115 + 1.408) / 2:.3f} |" in told
    assert "- Training is ended after 120 minutes, 2.816 US dollars." in told
    assert "- Assumed: each job is billed for 30 minutes." in told
    assert "There is no price" not in told


@pytest.mark.parametrize(
    ("region", "instance"), [("eu-west-1", "ml.p5.48xlarge"), ("eu-north-1", "ml.m5.large")]
)
def test_a_price_that_nobody_wrote_is_told(region: str, instance: str) -> None:
    told = build_cost(priced(training_instance_type=instance), PRICES, region, 5)
    assert "| total |  |  | ? |" in told
    escaped = [text.replace(".", r"\.").replace("-", r"\-") for text in (instance, region)]
    assert f"There is no price of {escaped[0]} in {escaped[1]}; add it to prices.toml." in told


def test_spot_capacity_is_reckoned_at_the_most_that_it_may_cost() -> None:
    told = build_cost(
        priced(training_spot=True, training_max_wait_seconds=7200), PRICES, "us-east-1", 30
    )
    assert "reckoned is the list price, the most of it." in told
    assert "the job ends after 120 minutes with the waiting." in told
    assert "spot" not in build_cost(SETTINGS, PRICES, "us-east-1", 30)


def test_both_repositories_have_the_same_prices() -> None:
    deploy = yaml.safe_load((ROOT / "seed_code/deploy_app/config/prices.yml").read_text())
    assert PRICES.date == deploy["date"]
    assert set(PRICES.regions) == set(deploy["regions"])
    for region, prices in PRICES.regions.items():
        theirs = deploy["regions"][region]["instance_hour"]
        assert {name: theirs[name] for name in prices} == prices


@pytest.mark.parametrize(
    "change_of",
    [{"date": "today"}, {"regions": {"eu-west-1": {"ml.m5.large": -1}}}, {"sources": []}],
    ids=lambda changed: next(iter(changed)),
)
def test_a_wrong_price_file_is_refused(tmp_path: Path, change_of: dict[str, Any]) -> None:
    known = tomllib.loads((SEED / "prices.toml").read_text())
    given = {**known, **change_of}
    regions = "".join(
        f"[regions.{name}]\n" + "".join(f'"{k}" = {v}\n' for k, v in prices.items())
        for name, prices in given["regions"].items()
    )
    path = tmp_path / "prices.toml"
    path.write_text(f'date = "{given["date"]}"\nsources = {given["sources"]}\n{regions}')
    with pytest.raises(SettingsError, match=r"^prices\.toml is refused: .*; restore or mend it\.$"):
        read_prices(path)


def test_the_longest_part_fits_what_the_comment_takes_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value = "\U0001f600" * 300
    base, head = side(tmp_path / "base"), side(tmp_path / "head")
    (head / "pipeline.toml").write_bytes((SEED / "pipeline.toml").read_bytes())
    (head / "dataset.toml").write_text(f"{value}\n" * 300, encoding="utf-8")
    numbers = {str(number): value for number in range(300)}
    program = f"print({json.dumps(json.dumps(numbers))})"
    (head / "ml_pipelines/get_pipeline_definition.py").write_text(program, encoding="utf-8")
    lines = [f"{name}={setting}\n" for name, setting in CONFIGURATION.items()]
    (head / "project.env").write_text("".join(lines), encoding="utf-8")
    monkeypatch.setattr(write_scorecard, "ROOT", head)
    failed = [case("@" * 300, "<failure/>") for _ in range(99)]
    path = results(tmp_path, *failed, noted=NOTED)
    code = write_scorecard.main(["--results", str(path), "--base", str(base)])
    told = capsys.readouterr().out
    assert code == 0
    assert told.count("more lines are not shown") == 2
    assert "| total |" in told
    assert len(told) < 30_000
    assert len(told.encode()) < 128 * 1024


def test_a_part_that_cannot_be_made_says_why_and_the_others_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(write_scorecard, "ROOT", side(tmp_path / "head", program="raise OSError"))
    base = side(tmp_path / "base")
    missing = str(tmp_path / "none.xml")
    assert write_scorecard.main(["--base", str(base), "--results", missing]) == 0
    parts = capsys.readouterr().out.split("### ")[1:]
    assert [part.partition("\n\n")[0] for part in parts] == [
        "Tests",
        "Settings",
        "Definition of the pipeline",
        "Estimated cost of a build",
    ]
    assert "pytest ended without results" in parts[0]
    assert "Unchanged." in parts[1]
    assert r"the head branch makes no definition\: OSError" in parts[2]
    assert "is missing" in parts[3]
