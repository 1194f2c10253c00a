"""`make sbom`, `make licences`, `make audit`, and the notes of a release."""

import argparse
import sys
from pathlib import Path

from supply_chain.advisories import audit
from supply_chain.bill_of_materials import write_bills
from supply_chain.errors import SupplyChainError
from supply_chain.licence_page import PAGE, write_page
from supply_chain.release_notes import release_notes

ROOT = Path(__file__).resolve().parents[1]


def main(words: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    arguments = _parser().parse_args(words)
    commands = {"sbom": _sbom, "licences": _licences, "audit": _audit, "notes": _notes}
    try:
        return commands[arguments.command](arguments)
    except SupplyChainError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m supply_chain", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sbom = commands.add_parser("sbom", help="write the bills of materials and their checksums")
    sbom.add_argument("--output", type=Path, default=ROOT / "sbom", metavar="DIR")
    commands.add_parser("licences", help=f"write {PAGE}")
    commands.add_parser("audit", help="ask for known weaknesses of what the locks pin")
    notes = commands.add_parser("notes", help="print what CHANGELOG.md says of a version")
    notes.add_argument("--tag", help="must be the version, such as v1.0.0")
    return parser


def _sbom(arguments: argparse.Namespace) -> int:
    for file in write_bills(ROOT, arguments.output):
        print(f"wrote {file.parent.name}/{file.name}")
    return 0


def _licences(_arguments: argparse.Namespace) -> int:
    print(f"wrote {PAGE}: {write_page(ROOT)} packages")
    return 0


def _audit(_arguments: argparse.Namespace) -> int:
    found, excused = audit(ROOT)
    for finding in excused:
        print(f"accepted: {finding}")
    for finding in found:
        print(f"error: {finding}", file=sys.stderr)
    if found:
        print("error: Pin versions without these weaknesses with `make lock`.", file=sys.stderr)
        return 1
    print("No known weakness in what the locks pin.")
    return 0


def _notes(arguments: argparse.Namespace) -> int:
    print(release_notes(ROOT, arguments.tag), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
