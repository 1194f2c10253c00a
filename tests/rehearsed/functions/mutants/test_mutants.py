"""What handles a fault cannot be taken out of the functions without a fast test that fails.

Each mutant of the table is played by itself, on a copy of the checkout; each test that it names
must fail there, and pass where nothing is changed.
"""

from pathlib import Path

import pytest

from tests.rehearsed.functions.deploy_dispatch.fault_matrix import cases, kind_of
from tests.rehearsed.functions.fault_matrix.matrix import FAULTS
from tests.rehearsed.functions.mutants.checkout import CheckoutCopy
from tests.rehearsed.functions.mutants.mutant import Mutant
from tests.rehearsed.functions.mutants.mutants import MUTANTS

pytestmark = pytest.mark.proof("mutants")

_PASSED, _TESTS_FAILED = 0, 1


@pytest.fixture
def copy(tmp_path: Path) -> CheckoutCopy:
    """A copy of the checkout that is not changed yet."""
    return CheckoutCopy.in_folder(tmp_path / "checkout")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_the_named_tests_fail_without_the_handling(copy: CheckoutCopy, mutant: Mutant) -> None:
    copy.replace(mutant.file, mutant.text, mutant.replacement)
    outcome = copy.play(mutant.red)
    assert outcome.exit_code == _TESTS_FAILED, outcome.said
    still_green = [test for test in mutant.red if not outcome.has_failed(test)]
    assert still_green == [], outcome.said


def test_the_named_tests_pass_where_nothing_is_changed(copy: CheckoutCopy) -> None:
    outcome = copy.play(sorted({test for mutant in MUTANTS for test in mutant.red}))
    assert outcome.exit_code == _PASSED, outcome.said


def test_each_kind_of_fault_of_both_matrices_has_a_mutant() -> None:
    kinds = {*FAULTS, *map(kind_of, cases())} - {"none"}
    assert {kind for mutant in MUTANTS for kind in mutant.kinds} == kinds


def test_each_mutant_takes_something_out_under_a_name_of_its_own() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert all(mutant.red and mutant.text != mutant.replacement for mutant in MUTANTS)
