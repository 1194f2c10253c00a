"""Results are written without names of the machine, and missed aims are told."""

import json
import platform
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.laboratory.benchmarks.launch import Launch, RepositoryRequests
from rehearsal.laboratory.benchmarks.lifecycle import MeasuredPlay
from rehearsal.laboratory.benchmarks.results import Comparison, Results
from rehearsal.laboratory.benchmarks.table import build_table
from rehearsal.laboratory.benchmarks.timing import Timings
from rehearsal.laboratory.benchmarks.trial_tables import build_trial_tables


def make_results(
    *,
    seconds: float = 80.0,
    peak_mib: float = 900.0,
    mutating: int = 5,
    dollars: float = 1.2,
    launch_cpu: float = 0.19,
    idle: float = 0.9,
    synth: float = 3.0,
    bare_synth: float = 3.5,
) -> Results:
    acts = [{"name": "set-up", "seconds": 3.0}, {"name": "launch", "seconds": 2.5}]
    return Results(
        load_before=0.1,
        play=MeasuredPlay(seconds, peak_mib, 14, 300, {"acts": acts}, ""),
        synthesis=Comparison.of(Timings([2.0, 9.0, synth]), Timings([2.0, 2.5, 3.0])),
        synthesis_unvalidated=Comparison.of(Timings([bare_synth]), Timings([2.5])),
        pipeline=Comparison.of(Timings([6.0]), Timings([2.0])),
        idle_cost={"dollars": dollars, "reference_dollars": 80.0, "aim_dollars": 1.5},
        many_projects=[
            {"projects": 1, "launch_cpu_seconds": 0.15, "idle_percent": 2.5},
            {"projects": 200, "launch_cpu_seconds": launch_cpu, "idle_percent": idle},
        ],
        launch=Launch(1.5, {"o/p-build": RepositoryRequests(9, mutating, 1, 1)}),
    )


def printed(results: Results) -> str:
    console = Console(file=StringIO(), width=120)
    console.print(build_table(results))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_medians_are_compared() -> None:
    synthesis = make_results().synthesis
    assert synthesis is not None
    assert synthesis.ratio == 1.2


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
    assert table.count(": met") == 9
    assert "missed" not in table


@pytest.mark.parametrize(
    ("results", "aim"),
    [
        (make_results(seconds=120.0), "< 120 s: missed"),
        (make_results(peak_mib=2048.0), "< 2048 MiB: missed"),
        (make_results(mutating=7), "≤ 6 mutating: missed"),
        (make_results(dollars=1.6), "≤ $1.50: missed"),
        (make_results(launch_cpu=0.2), "≤ 1.3 times the first: missed"),
        (make_results(idle=2.1), "≤ 2 % of a core: missed"),
        (make_results(synth=3.5), "≤ 1.3: missed"),
        (make_results(bare_synth=4.1), "≤ 1.6: missed"),
    ],
)
def test_a_missed_aim_is_told(results: Results, aim: str) -> None:
    assert aim in printed(results)


def test_what_was_not_measured_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    make_results().write(file)
    rows = [{"operation": "launch", "fault": "kill", "injected": 1}]
    Results(load_before=0.0, in_process=rows).write(file)
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["in_process_faults"] == rows
    assert content["lifecycle"]["seconds"] == 80.0
    assert set(content["dates"]) >= {"lifecycle", "in_process_faults"}


@pytest.mark.parametrize(("orphans", "left"), [(0, 0), (1, 0), (0, 1)])
def test_orphans_and_what_the_sweep_found_are_added_up(orphans: int, left: int) -> None:
    row = {"operation": "launch", "fault": "kill", "injected": 7, "converged": 6 - orphans}
    rows = [{**row, "rolled_back": 1, "orphans": orphans}]
    found = Results(load_before=0.0, faults={"rows": rows, "left": ["bucket b"] * left})
    console = Console(file=StringIO(), width=120)
    console.print(*build_trial_tables(found))
    assert isinstance(console.file, StringIO)
    last = console.file.getvalue().splitlines()[-2]
    assert last.replace("│", " ").split() == [
        *("all", "7", str(6 - orphans), "1"),
        str(orphans + left),
    ]


@pytest.mark.parametrize("dropped", [0, 2])
def test_dropped_requests_are_told_for_each_change(dropped: int) -> None:
    count = {"sent": 90, "sound": 88 - dropped, "faulty": 2, "dropped": dropped}
    stages = {
        "changes": {"rollback": count},
        "seconds_per_minute": 2,
        "seconds_to_last_stage": [48.4, 51.0],
    }
    console = Console(file=StringIO(), width=120)
    console.print(*build_trial_tables(Results(load_before=0.0, stages=stages)))
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    (row,) = (line for line in text.splitlines() if "rollback" in line)
    assert row.replace("│", " ").split() == ["rollback", "90", str(88 - dropped), "2", str(dropped)]
    assert "48 s and 51 s" in text
