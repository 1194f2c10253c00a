"""What the console's pages cost, as tables."""

from collections.abc import Iterator, Mapping
from typing import Any

from rich.table import Column, Table

from rehearsal.laboratory.benchmarks.table_parts import number_columns, told_aim

_NUMBERS = (
    *("projects", "cold ms", "ratio", "warm ms", "ratio", "calls", "calls a minute"),
    "CPU-s a minute",
)
_PROJECT = "/projects/{group}"


def console_tables(found: Mapping[str, Any]) -> Iterator[Table]:
    """Lay out what was measured; an aim that was missed is red."""
    answer_ms = found["answer_seconds"] * 1000
    table = Table(
        Column("page", no_wrap=True),
        *number_columns(*_NUMBERS),
        title="What the console's pages cost",
        caption=f"…: {_PROJECT}. {found['versions']} versions a project; AWS and GitHub answer "
        f"after {answer_ms:.0f} ms. Cold: once, by a new console, until all is there. Calls a "
        "minute: of a page that stays open. Ratios: to the first line of the page. First page, "
        f"warm: {_aim(found)}",
    )
    for page in found["pages"]:
        for row in page["at"]:
            is_first = row is page["at"][0]
            table.add_row(_short(page["address"]) if is_first else "", *_cells(row))
        table.add_section()
    yield table
    yield _crowded(found["crowded"])


def _short(address: str) -> str:
    return address.replace(_PROJECT, "…")


def _aim(found: Mapping[str, Any]) -> str:
    first, aim = found["pages"][0]["at"], found["warm_aim_ms"]
    slowest = max(row["warm_ms"] for row in first)
    return told_aim(f"< {aim:.0f} ms", met=slowest < aim)


def _cells(row: Mapping[str, Any]) -> Iterator[str]:
    yield str(row["projects"])
    for kind in ("cold", "warm"):
        yield f"{row[f'{kind}_ms']:.1f}"
        yield f"{row[f'{kind}_ratio']:.2f}"
    yield str(row["calls"])
    calls = row.get("calls_a_minute")
    yield "" if calls is None else f"{sum(calls.values()):.0f}"
    yield "" if calls is None else f"{row['cpu_seconds_a_minute']:.2f}"


def _crowded(found: Mapping[str, Any]) -> Table:
    numbers = ("p95 alone", "p95 beside them", "another page, cold", "of a core")
    table = Table("open tabs", *number_columns(*numbers))
    table.title = "A page of the console while tabs are open"
    table.add_row(
        str(found["tabs"]),
        *(f"{found[name]:.1f} ms" for name in ("alone_p95_ms", "beside_p95_ms", "beside_cold_ms")),
        f"{found['percent_of_a_core']:.0f} %",
    )
    return table
