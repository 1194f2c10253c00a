"""Results are written without names of the machine, and missed aims are told."""

import json
import platform
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.launch import Launch, RepositoryRequests
from benchmarks.lifecycle import Play
from benchmarks.results import Comparison, Results
from benchmarks.table import build_table
from benchmarks.timing import Timings


def make_results(*, seconds: float = 80.0, peak_mib: float = 900.0, mutating: int = 5) -> Results:
    acts = [{"name": "set-up", "seconds": 3.0}, {"name": "launch", "seconds": 2.5}]
    return Results(
        load_before=0.1,
        play=Play(seconds, peak_mib, 14, 300, {"acts": acts}, ""),
        synthesis=Comparison.of(Timings([4.0, 9.0, 5.0]), Timings([2.0, 2.5, 3.0])),
        pipeline=Comparison.of(Timings([6.0]), Timings([2.0])),
        launch=Launch(1.5, {"o/p-build": RepositoryRequests(9, mutating, 1, 2)}),
    )


def printed(results: Results) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(build_table(results))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_medians_are_compared() -> None:
    assert make_results().synthesis.ratio == 2.0


def test_the_file_holds_the_numbers_and_not_the_machines_name(tmp_path: Path) -> None:
    make_results().write(tmp_path / "results.json")
    text = (tmp_path / "results.json").read_text()
    content = json.loads(text)
    assert content["lifecycle"]["acts"] == {"set-up": 3.0, "launch": 2.5}
    assert content["launch"]["repositories"]["o/p-build"]["mutating"] == 5
    assert {"cores", "memory_gib", "python"} <= set(content["machine"])
    assert platform.node() not in text
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def test_every_aim_that_is_met_is_told() -> None:
    table = printed(make_results())
    assert table.count(": met") == 4
    assert "missed" not in table


@pytest.mark.parametrize(
    ("results", "aim"),
    [
        (make_results(seconds=120.0), "< 120 s: missed"),
        (make_results(peak_mib=2048.0), "< 2048 MiB: missed"),
        (make_results(mutating=7), "≤ 6 mutating: missed"),
    ],
)
def test_a_missed_aim_is_told(results: Results, aim: str) -> None:
    assert aim in printed(results)
