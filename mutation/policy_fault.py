"""Puts a fault into a policy of a copy of the tree, and into what the copy synthesizes.

A policy that a construct makes has no line of its own, so the fault is put into the template after
each synthesis: the copy's `app.py` ends with a call of this module.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mutation.mutant import MutationError
from mutation.policy_documents import (
    STAGE_ACCOUNT,
    SYNTHESIZED,
    WRITTEN,
    Found,
    read_template,
    with_statement,
    write_template,
)

FAULT = "policy-fault.json"
# Made once the fault is in a template.
NOTE = "policy-fault.made"
_ROOT = Path(__file__).resolve().parents[1]
_AT_THE_END = """

if __name__ == "__main__":
    from mutation import policy_fault

    policy_fault.spoil_assembly()
"""
_GENERATOR = "mlops_sm_project_template/stage_account_template.py"
_AS_WRITTEN = """

def build() -> str:  # noqa: F811
    return FILE.read_text(encoding="utf-8")
"""


def put_fault(root: Path, found: Found, statement: dict[str, Any] | None) -> None:
    """Let a statement of a copy's policies be another one, or none.

    Raises:
        MutationError: it is in none of the templates that people wrote.
    """
    if found.template in WRITTEN:
        if not _spoil(root / WRITTEN[found.template], found, statement):
            raise MutationError(
                f"{WRITTEN[found.template]} has no such statement any more; collect them again."
            )
        (root / NOTE).touch()
        if WRITTEN[found.template] == STAGE_ACCOUNT:
            # Else the test that compares the file with what makes it would notice each of these.
            _append(root / _GENERATOR, _AS_WRITTEN)
        return
    fault = {"found": asdict(found), "statement": statement}
    (root / FAULT).write_text(json.dumps(fault), encoding="utf-8")
    _append(root / "app.py", _AT_THE_END)


def _append(file: Path, text: str) -> None:
    file.write_text(file.read_text(encoding="utf-8") + text, encoding="utf-8")


def _spoil(file: Path, found: Found, statement: dict[str, Any] | None) -> bool:
    template = read_template(file)
    spoilt = with_statement(template, found, statement)
    if spoilt == template:
        return False
    write_template(file, spoilt)
    return True


def spoil_assembly() -> None:
    """Put the fault of this tree into what was just synthesized, and note that it is there.

    With other settings the statement may be another one; then there is nothing to spoil.
    """
    fault = json.loads((_ROOT / FAULT).read_text(encoding="utf-8"))
    found = Found(**fault["found"])
    folder = Path(os.environ.get("CDK_OUTDIR", "cdk.out"))
    for file in folder.glob(SYNTHESIZED[found.template]):
        if _spoil(file, found, fault["statement"]):
            (_ROOT / NOTE).touch()
