"""The results as tables: what was measured, its floor and its aim; what became of each trial."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from rehearsal.laboratory.benchmarks.console.table import console_tables
from rehearsal.laboratory.benchmarks.many_projects import IDLE_AIM_PERCENT, LAUNCH_AIM
from rehearsal.laboratory.benchmarks.results import Sections
from rehearsal.laboratory.benchmarks.table_parts import number_columns, told_aim

Row = tuple[str, str, str, str, str]
_OF_FAULTS = (
    {"operation": "operation", "fault": "fault"},
    {
        "injected": "injected",
        "converged": "converged",
        "rolled_back": "rolled back",
        "orphans": "orphans",
    },
)


def build_tables(results: Sections) -> Iterator[Table]:
    """Lay out what was measured; an aim that was missed is red."""
    parts = (_lifecycle, _floors, _launch, _idle_cost, _many_projects)
    rows = [row for part in parts for row in part(results)]
    if rows:
        machine = results["machine"]
        table = Table(
            "what",
            *number_columns("measured", "floor", "ratio"),
            "aim",
            title="What the lifecycle costs",
            caption=f"{machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"Python {machine['python']}, load before: {machine['load_before']:.1f}",
        )
        for row in rows:
            table.add_row(*row)
        yield table
    if found := results.get("console"):
        yield from console_tables(found)
    yield from _trials(results)


def _trials(results: Sections) -> Iterator[Table]:
    if found := results.get("in_process_faults"):
        yield _counted("Faults in the functions alone", *_OF_FAULTS, found)
    if found := results.get("faults"):
        left = {"orphans": len(found["left"])}
        yield _counted("Faults over real processes", *_OF_FAULTS, found["rows"], more=left)
    if found := results.get("approvals"):
        numbers = {"sent": "approvals", "once": "deployed once", "double": "double", "lost": "lost"}
        yield _counted("Approvals that meet faults", {"scenario": "fault"}, numbers, found["rows"])
    if found := results.get("storm"):
        yield _storm(found)
    if found := results.get("stages"):
        yield _stages(found)


def _counted(
    title: str,
    words: Mapping[str, str],
    numbers: Mapping[str, str],
    rows: Sequence[Mapping[str, Any]],
    *,
    more: Mapping[str, int] | None = None,
    caption: str | None = None,
) -> Table:
    """Counts by row and in all; words and numbers are headings by member of a row."""
    table = Table(*words.values(), *number_columns(*numbers.values()), title=title, caption=caption)
    for row in rows:
        table.add_row(*(row[word] for word in words), *_counts(row, numbers))
    total = {key: sum(row[key] for row in rows) + (more or {}).get(key, 0) for key in numbers}
    table.add_section()
    table.add_row("all", *[""] * (len(words) - 1), *_counts(total, numbers))
    return table


def _counts(row: Mapping[str, int], numbers: Mapping[str, str]) -> Iterator[str]:
    for key in numbers:
        unwanted = key in ("orphans", "double", "lost", "dropped")
        yield f"[{'red' if row[key] else 'green'}]{row[key]}[/]" if unwanted else str(row[key])


def _storm(storm: Mapping[str, Any]) -> Table:
    table = Table(
        "what", *number_columns("measured"), title="Launches at once, one user, GitHub's own limits"
    )
    launched, launches = storm["launched"], storm["launches"]
    colour = "green" if launched == launches else "red"
    table.add_row("launched", f"[{colour}]{launched} of {launches}[/]")
    table.add_row("until the last one", f"{storm['seconds']:.0f} s")
    table.add_row("peak memory, all processes", f"{storm['peak_mib']:.0f} MiB")
    table.add_row("mutating requests of the API", str(storm["mutating"]))
    table.add_row("requests that GitHub asked to wait", str(storm["limited"]))
    return table


def _stages(stages: Mapping[str, Any]) -> Table:
    seconds = " and ".join(f"{seconds:.0f} s" for seconds in stages["seconds_to_last_stage"])
    return _counted(
        "Requests while the last of three stages changes",
        {"change": "change"},
        {"sent": "sent", "sound": "answered", "faulty": "faulty", "dropped": "dropped"},
        [{"change": change, **count} for change, count in stages["changes"].items()],
        caption=f"From approval to the last stage: {seconds}, where a minute of baking lasts "
        f"{stages['seconds_per_minute']} s",
    )


def _lifecycle(results: Sections) -> Iterator[Row]:
    if "lifecycle" not in results:
        return
    play, memory = results["lifecycle"], results["memory"]
    seconds, aim = play["seconds"], play["aim_seconds"]
    yield "whole lifecycle", f"{seconds:.1f} s", "", "", told_aim(f"< {aim} s", met=seconds < aim)
    for act, act_seconds in play["acts"].items():
        yield f"  {act}", f"{act_seconds:.1f} s", "", "", ""
    mib, aim = memory["peak_mib"], memory["aim_mib"]
    told = told_aim(f"< {aim} MiB", met=mib < aim)
    yield "peak memory, all processes", f"{mib:.0f} MiB", "", "", told


def _floors(results: Sections) -> Iterator[Row]:
    for section, what in (
        ("synthesis", "cdk synth / an empty app"),
        ("synthesis_unvalidated", "  without the CDK's validation"),
        ("pipeline", "pipeline / one plain script"),
    ):
        if times := results.get(section):
            floor, ratio = f"{times['floor_seconds']:.2f} s", times["ratio"]
            most = times.get("aim_ratio")
            aim = told_aim(f"≤ {most}", met=ratio <= most) if most else ""
            yield what, f"{times['seconds']:.2f} s", floor, f"{ratio:.2f}", aim


def _launch(results: Sections) -> Iterator[Row]:
    if "launch" not in results:
        return
    launch = results["launch"]
    yield "launch, both seeded", f"{launch['seconds']:.2f} s", "", "", ""
    most, pushes = launch["aim_mutating"], launch["aim_pushes"]
    for name, counted in launch["repositories"].items():
        short, mutating = name.rpartition("-")[2], counted["mutating"]
        aim = told_aim(f"≤ {most} mutating", met=mutating <= most)
        yield f"  {short}: mutating requests", f"{mutating} of {counted['requests']}", "", "", aim
        aim = told_aim(f"{pushes} push", met=counted["pushes"] == pushes)
        yield f"  {short}: pushes", str(counted["pushes"]), "", "", aim


def _idle_cost(results: Sections) -> Iterator[Row]:
    if "idle_cost" not in results:
        return
    found = results["idle_cost"]
    cost, reference, aim = found["dollars"], found["reference_dollars"], found["aim_dollars"]
    yield (
        "idle project, a month / the reference",
        f"${cost:.2f}",
        f"${reference:.2f}",
        f"{cost / reference:.3f}",
        told_aim(f"≤ ${aim:.2f}", met=cost <= aim),
    )


def _many_projects(results: Sections) -> Iterator[Row]:
    rows = results.get("many_projects", [])
    for row in rows:
        cpu, floor = row["launch_cpu_seconds"], rows[0]["launch_cpu_seconds"]
        is_last = row is rows[-1]
        aim = told_aim(f"≤ {LAUNCH_AIM} times the first", met=cpu <= LAUNCH_AIM * floor)
        yield (
            f"local AWS, a launch among {row['projects']} projects",
            f"{cpu:.3f} CPU-s",
            f"{floor:.3f} CPU-s",
            f"{cpu / floor:.2f}",
            aim if is_last else "",
        )
        idle = row["idle_percent"]
        aim = told_aim(f"≤ {IDLE_AIM_PERCENT:.0f} % of a core", met=idle <= IDLE_AIM_PERCENT)
        yield "  idle", f"{idle:.2f} %", "", "", aim if is_last else ""
