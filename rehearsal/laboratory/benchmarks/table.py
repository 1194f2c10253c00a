"""The results as a table: what, measured, floor, ratio, aim."""

from collections.abc import Iterator

from rich.table import Table

from rehearsal.laboratory.benchmarks import results
from rehearsal.laboratory.benchmarks.many_projects import IDLE_AIM_PERCENT, LAUNCH_AIM
from rehearsal.laboratory.benchmarks.results import Comparison, Results

Row = tuple[str, str, str, str, str]


def build_table(found: Results) -> Table:
    """Lay out what the lifecycle costs; an aim that was missed is red."""
    machine = results.describe_machine()
    table = Table(
        title="What the lifecycle costs",
        caption=f"{machine['cores']} cores, {machine['memory_gib']} GiB, "
        f"Python {machine['python']}, load before: {found.load_before:.1f}",
    )
    for heading in ("what", "measured", "floor", "ratio", "aim"):
        table.add_column(heading, justify="left" if heading in ("what", "aim") else "right")
    for rows in (_lifecycle, _floors, _launch, _idle_cost, _many_projects):
        for row in rows(found):
            table.add_row(*row)
    return table


def _aim(text: str, *, met: bool) -> str:
    return f"[green]{text}: met[/]" if met else f"[red]{text}: missed[/]"


def _lifecycle(found: Results) -> Iterator[Row]:
    if found.play is None:
        return
    play, aim_seconds, aim_mib = found.play, results.LIFECYCLE_AIM_SECONDS, results.MEMORY_AIM_MIB
    aim = _aim(f"< {aim_seconds} s", met=play.seconds < aim_seconds)
    yield "whole lifecycle", f"{play.seconds:.1f} s", "", "", aim
    for act in play.report["acts"]:
        yield f"  {act['name']}", f"{act['seconds']:.1f} s", "", "", ""
    aim = _aim(f"< {aim_mib} MiB", met=play.peak_mib < aim_mib)
    yield "peak memory, all processes", f"{play.peak_mib:.0f} MiB", "", "", aim


def _floors(found: Results) -> Iterator[Row]:
    for what, times, aim in (
        ("cdk synth / an empty app", found.synthesis, results.SYNTHESIS_AIM),
        (
            "  without the CDK's validation",
            found.synthesis_unvalidated,
            results.UNVALIDATED_SYNTHESIS_AIM,
        ),
        ("pipeline / one plain script", found.pipeline, 0.0),
    ):
        if times is not None:
            yield _compared(what, times, aim)


def _compared(what: str, times: Comparison, most: float) -> Row:
    floor = f"{times.floor_seconds:.2f} s"
    aim = _aim(f"≤ {most}", met=times.ratio <= most) if most else ""
    return what, f"{times.seconds:.2f} s", floor, f"{times.ratio:.2f}", aim


def _launch(found: Results) -> Iterator[Row]:
    if found.launch is None:
        return
    yield "launch, both seeded", f"{found.launch.seconds:.2f} s", "", "", ""
    for name, counted in found.launch.repositories.items():
        short = name.rpartition("-")[2]
        aim = _aim(
            f"≤ {results.MUTATING_AIM} mutating", met=counted.mutating <= results.MUTATING_AIM
        )
        measured = f"{counted.mutating} of {counted.requests}"
        yield f"  {short}: mutating requests", measured, "", "", aim
        aim = _aim(f"{results.PUSHES_AIM} push", met=counted.pushes == results.PUSHES_AIM)
        yield f"  {short}: pushes", str(counted.pushes), "", "", aim


def _idle_cost(found: Results) -> Iterator[Row]:
    if found.idle_cost is None:
        return
    cost, reference = found.idle_cost["dollars"], found.idle_cost["reference_dollars"]
    aim = found.idle_cost["aim_dollars"]
    yield (
        "idle project, a month / the reference",
        f"${cost:.2f}",
        f"${reference:.2f}",
        f"{cost / reference:.3f}",
        _aim(f"≤ ${aim:.2f}", met=cost <= aim),
    )


def _many_projects(found: Results) -> Iterator[Row]:
    rows = found.many_projects or []
    for row in rows:
        cpu, floor = row["launch_cpu_seconds"], rows[0]["launch_cpu_seconds"]
        is_last = row is rows[-1]
        aim = _aim(f"≤ {LAUNCH_AIM} times the first", met=cpu <= LAUNCH_AIM * floor)
        yield (
            f"local AWS, a launch among {row['projects']} projects",
            f"{cpu:.3f} CPU-s",
            f"{floor:.3f} CPU-s",
            f"{cpu / floor:.2f}",
            aim if is_last else "",
        )
        idle = row["idle_percent"]
        aim = _aim(f"≤ {IDLE_AIM_PERCENT:.0f} % of a core", met=idle <= IDLE_AIM_PERCENT)
        yield "  idle", f"{idle:.2f} %", "", "", aim if is_last else ""
