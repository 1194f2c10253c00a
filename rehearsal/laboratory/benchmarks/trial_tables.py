"""The trials as tables: what was injected or sent, and what became of it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table

from rehearsal.laboratory.benchmarks.results import Results


def build_trial_tables(found: Results) -> Iterator[Table]:
    """Lay out the trials that were made."""
    if found.in_process is not None:
        yield _fault_table("Faults in the functions alone", found.in_process)
    if found.faults is not None:
        yield _fault_table(
            "Faults over real processes",
            found.faults["rows"],
            left=len(found.faults["left"]),
        )
    if found.approvals is not None:
        yield _approval_table(found.approvals["rows"])
    if found.storm is not None:
        yield _storm_table(found.storm)
    if found.stages is not None:
        yield _stages_table(found.stages)


def _fault_table(title: str, rows: Sequence[Mapping[str, Any]], *, left: int = 0) -> Table:
    headings = ("injected", "converged", "rolled_back", "orphans")
    table = Table(title=title)
    table.add_column("operation")
    table.add_column("fault")
    for heading in headings:
        table.add_column(heading.replace("_", " "), justify="right")
    for row in rows:
        numbers = [str(row[heading]) for heading in headings[:-1]]
        table.add_row(row["operation"], row["fault"], *numbers, _none_wanted(row["orphans"]))
    total = {heading: sum(row[heading] for row in rows) for heading in headings}
    table.add_section()
    numbers = [str(total[heading]) for heading in headings[:-1]]
    table.add_row("all", "", *numbers, _none_wanted(total["orphans"] + left))
    return table


def _approval_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(title="Approvals that meet faults")
    table.add_column("fault")
    for heading in ("approvals", "deployed once", "double", "lost"):
        table.add_column(heading, justify="right")
    for row in rows:
        bad = (_none_wanted(row["double"]), _none_wanted(row["lost"]))
        table.add_row(row["scenario"], str(row["sent"]), str(row["once"]), *bad)
    total = {key: sum(row[key] for row in rows) for key in ("sent", "once", "double", "lost")}
    table.add_section()
    bad = (_none_wanted(total["double"]), _none_wanted(total["lost"]))
    table.add_row("all", str(total["sent"]), str(total["once"]), *bad)
    return table


def _storm_table(storm: Mapping[str, Any]) -> Table:
    table = Table(title="Launches at once, one user, GitHub's own limits")
    table.add_column("what")
    table.add_column("measured", justify="right")
    launched, launches = storm["launched"], storm["launches"]
    colour = "green" if launched == launches else "red"
    table.add_row("launched", f"[{colour}]{launched} of {launches}[/]")
    table.add_row("until the last one", f"{storm['seconds']:.0f} s")
    table.add_row("peak memory, all processes", f"{storm['peak_mib']:.0f} MiB")
    table.add_row("mutating requests of the API", str(storm["mutating"]))
    table.add_row("requests that GitHub asked to wait", str(storm["limited"]))
    return table


def _stages_table(stages: Mapping[str, Any]) -> Table:
    seconds = " and ".join(f"{seconds:.0f} s" for seconds in stages["seconds_to_last_stage"])
    table = Table(
        title="Requests while the last of three stages changes",
        caption=f"From approval to the last stage: {seconds}, where a minute of baking lasts "
        f"{stages['seconds_per_minute']} s",
    )
    table.add_column("change")
    for heading in ("sent", "answered", "faulty", "dropped"):
        table.add_column(heading, justify="right")
    for change, count in stages["changes"].items():
        numbers = [str(count[key]) for key in ("sent", "sound", "faulty")]
        table.add_row(change, *numbers, _none_wanted(count["dropped"]))
    return table


def _none_wanted(count: int) -> str:
    return f"[{'red' if count else 'green'}]{count}[/]"
