"""How projects are shown: a table in a terminal, a line for each elsewhere, JSON for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from operations.fleet.credentials import Credential
from operations.fleet.overview import Project
from operations.fleet.stages import Stage

_NOTHING = "-"
_HEAD = ("project", "version", "last build (UTC)", "metric", "stages", "credential", "$ a month")
# Which of them stand below each other where the terminal is narrow.
_WIDE, _NARROW = ((0,), (1,), (2,), (3,), (4,), (5,), (6,)), ((0, 1), (2, 3), (4,), (5, 6))
_WIDE_COLUMNS = 130


def show(projects: Sequence[Project], notes: Sequence[str], console: Console) -> None:
    """Print the projects, what needs attention and what could not be read."""
    if not projects:
        console.print(Text("There is no project in this account and region."))
    elif console.is_terminal:
        console.print(_table(projects, _WIDE if console.width >= _WIDE_COLUMNS else _NARROW))
    else:
        for project in projects:
            line = zip(_HEAD[1:], _cells(project)[1:], strict=True)
            told = "; ".join(f"{name}: {cell}" for name, cell in line).replace("\n", ", ")
            _say(console, f"{project.launched.name} {project.launched.id}: {told}")
    for project in projects:
        for sentence in project.attention:
            _say(console, f"{project.launched.name} needs attention: {sentence}", "yellow")
    for note in notes:
        _say(console, note, "dim")


def as_data(projects: Sequence[Project], notes: Sequence[str]) -> dict[str, Any]:
    """Everything that is known, for programs; moments are in UTC."""
    return {"projects": [_datum(project) for project in projects], "notes": list(notes)}


def _datum(project: Project) -> dict[str, Any]:
    launched, build, credential = project.launched, project.build, project.credential
    return {
        "name": launched.name,
        "id": launched.id,
        "status": launched.status,
        "version": project.version,
        "newest_version": project.newest,
        "build": build and {"status": build.status, "started": _moment(build.started)},
        "metric": project.metric and asdict(project.metric),
        "stages": [asdict(stage) for stage in project.stages],
        "credential": credential
        and {**asdict(credential), "looked_at": _moment(credential.looked_at)},
        "idle": [asdict(one) for one in project.idle],
        "cost": project.cost,
        "attention": project.attention,
    }


def _table(projects: Sequence[Project], columns: Sequence[Sequence[int]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_lines=len(columns) == len(_NARROW))
    for column in columns:
        table.add_column("\n".join(_HEAD[number] for number in column), overflow="fold")
    for project in projects:
        cells = _cells(project)
        texts = ["\n".join(cells[number] for number in column) for column in columns]
        table.add_row(*map(Text, texts), style="yellow" if project.attention else "")
    return table


def _cells(project: Project) -> tuple[str, ...]:
    launched, build, metric = project.launched, project.build, project.metric
    cells = (
        f"{launched.name}\n{launched.id}",
        f"{project.version}\nolder than {project.newest}" if project.is_old else project.version,
        f"{build.status}\n{_minute(build.started)}" if build else "",
        f"{metric.name} {metric.value:.4g}\nversion {metric.version}" if metric else "",
        "\n".join(map(_stage, project.stages)),
        _credential(project.credential),
        "" if project.cost is None else f"{project.cost:.2f}",
    )
    return tuple(cell or _NOTHING for cell in cells)


def _stage(stage: Stage) -> str:
    if not stage.version:
        served = "nothing"
    else:
        served = f"{stage.version} since {stage.since[:10] or 'an unknown day'}"
    return f"{stage.name}: {'perhaps ' if stage.is_unknown else ''}{served}"


def _credential(credential: Credential | None) -> str:
    if credential is None:
        return ""
    if credential.is_rejected:
        return f"{credential.owner}\nrejected"
    days = credential.days_left
    lasts = "no end" if days is None else f"{days} days"
    return f"{credential.owner}\n{lasts}"


def _minute(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}"


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _say(console: Console, line: str, style: str = "") -> None:
    console.print(Text(line, style), soft_wrap=True)
