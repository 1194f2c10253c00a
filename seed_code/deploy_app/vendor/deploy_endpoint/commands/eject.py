"""Make `vendor/` this repository's own, so that `check` compares it no longer.

New versions of the template come as pull requests all the same, and git merges them with what was
changed here.
"""

import argparse

from deploy_endpoint.commands.check import EJECTED, VENDOR

_SAYS = """\
vendor/ is this repository's own, so `make check` does not compare it with SHA256SUMS.
Delete this file, and it is compared again.
"""


def run(_: argparse.Namespace) -> None:
    """Run the command."""
    (VENDOR / EJECTED).write_text(_SAYS, encoding="utf-8")
    print(f"vendor/ is this repository's own; commit vendor/{EJECTED} with your first change.")
