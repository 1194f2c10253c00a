"""What the mutants take out is there: a change of the functions shows here, not a night later."""

from pathlib import Path

import pytest

from tests.rehearsed.functions.mutants.mutant import Mutant
from tests.rehearsed.functions.mutants.mutants import MUTANTS

FUNCTIONS = Path(__file__).resolve().parents[4] / "functions"


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_text_stands_once(mutant: Mutant) -> None:
    assert (FUNCTIONS / mutant.file).read_text(encoding="utf-8").count(mutant.text) == 1
