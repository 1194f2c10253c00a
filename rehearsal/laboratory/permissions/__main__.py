"""`python -m rehearsal.laboratory.permissions`: play with detours and write the table."""

from pathlib import Path

import click

from rehearsal.aws.emulator.iam.authorization_log import FILE_NAME
from rehearsal.checkout import ROOT
from rehearsal.conductor.acts.current_play import Options
from rehearsal.conductor.command_line import run_command_line
from rehearsal.conductor.display import Display
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import GitHubSetup
from rehearsal.conductor.play import Report, play
from rehearsal.conductor.world import World
from rehearsal.laboratory.permissions.detours import DETOURS
from rehearsal.laboratory.permissions.needed import read_questions
from rehearsal.laboratory.permissions.table import make_rows, write_page

PAGE = ROOT / "docs" / "permissions.md"


@click.command(epilog="Example: make permissions")
@click.option("--state", type=click.Path(path_type=Path), default=ROOT / ".rehearsal-permissions")
@click.option("--page", type=click.Path(path_type=Path), default=PAGE, help="Where to write.")
def main(state: Path, page: Path) -> None:
    """Play the lifecycle with detours, and write which act needs which permission."""
    world, report = World.create(ROOT, state=state, github=GitHubSetup()), Report()
    try:
        play(world, Options(), Display(), report, acts=DETOURS)
    finally:
        world.stop()
        report.write(world.state / "report.json")
    questions = read_questions(world.state / "aws" / FILE_NAME, report.acts)
    rows = make_rows(report.facts["granted"], questions, report.facts["project_id"])
    page.write_text(write_page(rows), encoding="utf-8")
    idle = [
        f"{purpose}: {row.action}"
        for purpose, of_role in rows.items()
        for row in of_role
        if not (row.act or row.why)
    ]
    if idle:
        raise RehearsalError(
            f"No act needs {', '.join(idle)}; remove them, or say in kept.py why they stay."
        )
    click.echo(f"The table is in {page}.")


if __name__ == "__main__":
    run_command_line(main, interrupted="the page is as it was")
