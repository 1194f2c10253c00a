"""Check what people may change, and that `vendor/` is as the template published it.

What passes prints the names of the stages in order, one a line, for the loops of a workflow.
"""

import argparse
from hashlib import sha256
from pathlib import Path

from deploy_endpoint.commands.monthly_cost import PRICES_FILE, load_prices
from deploy_endpoint.errors import VendoredCodeError
from deploy_endpoint.settings.project_settings import load_project
from deploy_endpoint.settings.stage_settings import STAGES_FILE, load_stages

VENDOR = Path(__file__).resolve().parents[2]
DIGESTS = "SHA256SUMS"
EJECTED = "EJECTED"


def digests(vendor: Path) -> dict[str, str]:
    """The digest of each file but their list and what Python leaves behind."""
    return {
        path.relative_to(vendor).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and path.name != DIGESTS
    }


def check_vendored(vendor: Path) -> None:
    """Compare every file with its digest, unless the repository made them its own.

    Raises:
        VendoredCodeError: a file was changed, added or removed.
    """
    if (vendor / EJECTED).exists():
        return
    wanted, found = _published(vendor / DIGESTS), digests(vendor)
    names = {*wanted, *found}
    changed = sorted(name for name in names if wanted.get(name) != found.get(name))
    if changed:
        raise VendoredCodeError(changed[0], others=len(changed) - 1)


def _published(file: Path) -> dict[str, str]:
    """The digest of each file, as sha256sum writes them; none if they are gone."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def run(_: argparse.Namespace) -> None:
    """Run the command."""
    check_vendored(VENDOR)
    stages = load_stages(STAGES_FILE, load_project())
    load_prices(PRICES_FILE)
    print(*(stage.name for stage in stages.stages), sep="\n")
