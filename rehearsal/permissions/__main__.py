"""`python -m rehearsal.permissions`: play the lifecycle with detours and write the table."""

import sys
from pathlib import Path

import click

from rehearsal.acts.stage import Options
from rehearsal.aws.authorization_log import FILE_NAME
from rehearsal.display import choose_display
from rehearsal.errors import RehearsalError
from rehearsal.github_setup import GitHubSetup
from rehearsal.permissions.detours import DETOURS
from rehearsal.permissions.needed import read_questions
from rehearsal.permissions.table import make_rows, write_page
from rehearsal.play import Report, play
from rehearsal.world import World

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "permissions.md"


@click.command(epilog="Example: make permissions")
@click.option("--state", type=click.Path(path_type=Path), default=ROOT / ".rehearsal-permissions")
@click.option("--page", type=click.Path(path_type=Path), default=PAGE, help="Where to write.")
def main(state: Path, page: Path) -> None:
    """Play the lifecycle with detours, and write which act needs which permission."""
    world, report = World.create(ROOT, state=state, github=GitHubSetup()), Report()
    try:
        play(world, Options(), choose_display(silent=False), report, acts=DETOURS)
    except RehearsalError as error:
        sys.exit(str(error))
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
        sys.exit(f"No act needs {', '.join(idle)}; remove them, or say in kept.py why they stay.")
    click.echo(f"The table is in {page}.")


if __name__ == "__main__":
    main()
