"""Results are written without names of the machine, and missed aims are told."""

import json
import os
import platform
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.laboratory.benchmarks.lifecycle import MeasuredPlay
from rehearsal.laboratory.benchmarks.memory import FamilyMemory
from rehearsal.laboratory.benchmarks.results import Sections, describe_machine, write_results
from rehearsal.laboratory.benchmarks.synthesis import SYNTHESIS_AIM, UNVALIDATED_SYNTHESIS_AIM
from rehearsal.laboratory.benchmarks.tables import build_tables
from rehearsal.laboratory.benchmarks.timing import compare


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
) -> Sections:
    acts = [{"name": "set-up", "seconds": 3.0}, {"name": "launch", "seconds": 2.5}]
    memory = FamilyMemory(os.getpid())
    memory.peak_mib = peak_mib
    build = {"requests": 9, "mutating": mutating, "pushes": 1, "history": 1}
    return {
        **MeasuredPlay(seconds, memory, {"acts": acts}).sections(),
        "synthesis": compare([2.0, 9.0, synth], [2.0, 2.5, 3.0], SYNTHESIS_AIM),
        "synthesis_unvalidated": compare([bare_synth], [2.5], UNVALIDATED_SYNTHESIS_AIM),
        "pipeline": compare([6.0], [2.0]),
        "idle_cost": {"dollars": dollars, "reference_dollars": 80.0, "aim_dollars": 1.5},
        "many_projects": [
            {"projects": 1, "launch_cpu_seconds": 0.15, "idle_percent": 2.5},
            {"projects": 200, "launch_cpu_seconds": launch_cpu, "idle_percent": idle},
        ],
        "launch": {
            "seconds": 1.5,
            "repositories": {"o/p-build": build},
            "aim_mutating": 6,
            "aim_pushes": 1,
        },
    }


def printed(results: Sections) -> str:
    console = Console(file=StringIO(), width=120)
    machine = {**describe_machine(), "load_before": 0.1}
    console.print(*build_tables({"machine": machine, **results}))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_the_file_holds_the_numbers_and_not_the_machines_name(tmp_path: Path) -> None:
    write_results(make_results(), 0.1, tmp_path / "results.json")
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
def test_a_missed_aim_is_told(results: Sections, aim: str) -> None:
    assert aim in printed(results)


def test_what_was_not_measured_stays_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "results.json"
    write_results(make_results(), 0.1, file)
    rows = [{"operation": "launch", "fault": "kill", "injected": 1}]
    write_results({"in_process_faults": rows}, 0.0, file)
    content = json.loads(file.read_text(encoding="utf-8"))
    assert content["in_process_faults"] == rows
    assert content["lifecycle"]["seconds"] == 80.0
    assert set(content["dates"]) >= {"lifecycle", "in_process_faults"}


@pytest.mark.parametrize(("orphans", "left"), [(0, 0), (1, 0), (0, 1)])
def test_orphans_and_what_the_sweep_found_are_added_up(orphans: int, left: int) -> None:
    row = {"operation": "launch", "fault": "kill", "injected": 7, "converged": 6 - orphans}
    rows = [{**row, "rolled_back": 1, "orphans": orphans}]
    found = printed({"faults": {"rows": rows, "left": ["bucket b"] * left}})
    last = found.splitlines()[-2]
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
    text = printed({"stages": stages})
    (row,) = (line for line in text.splitlines() if "rollback" in line)
    assert row.replace("│", " ").split() == ["rollback", "90", str(88 - dropped), "2", str(dropped)]
    assert "48 s and 51 s" in text
