"""`docs/mutants.md` tells of the survivors that have a reason, and of no others."""

import re
from pathlib import Path

from mutation.report import LEAST_KILLED, PAGE
from mutation.survivors import read_survivors


def test_the_page_and_the_reasons_name_the_same_mutants(root: Path) -> None:
    page = (root / PAGE).read_text(encoding="utf-8")
    told = re.findall(r"^\| ([0-9a-f]{12}) \|.* \| (.+) \|$", page, re.MULTILINE)
    assert {name for name, _ in told} == read_survivors(root).keys(), "run `make mutants`"
    assert "none yet" not in {reason for _, reason in told}


def test_enough_mutants_are_noticed(root: Path) -> None:
    page = (root / PAGE).read_text(encoding="utf-8")
    for killed, drawn in re.findall(r"^(\d+) of (\d+) are noticed", page, re.MULTILINE):
        assert int(killed) / int(drawn) >= LEAST_KILLED
