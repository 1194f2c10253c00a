"""A mutant meets the tests that enter its line, fastest first."""

from __future__ import annotations

from pathlib import Path

from mutation.coverage_map import CoverageMap, imports_of, read_map, write_map
from mutation.python_mutants import PythonMutant
from tests.unit.mutation.small_project import FILE, TEST, covering_price, mutants_of

SLOW, FAST = "tests/synth/test_nag.py::test_nag", "tests/unit/functions/test_price.py::test_fast"


def _of(mutants: list[PythonMutant], text: str) -> PythonMutant:
    return next(one for one in mutants if text in one.replacement.before)


def test_a_line_that_no_test_enters_has_no_tests(project: Path) -> None:
    mutant = _of(mutants_of(project), "nobody calls this")
    assert covering_price().tests_of(mutant) == []


def test_tests_of_a_line_are_played_fastest_first(project: Path) -> None:
    tests = CoverageMap({SLOW: 9.0, FAST: 0.1, TEST: 0.5}, {FILE: {8: [2, 0, 1]}}, {})
    assert tests.tests_of(_of(mutants_of(project), "pieces * each")) == [FAST, TEST, SLOW]


def test_a_default_value_is_met_by_those_who_enter_its_function(project: Path) -> None:
    (default,) = (one for one in mutants_of(project) if one.where.line == 6)
    assert covering_price().tests_of(default) == [TEST]


def test_what_takes_effect_on_import_is_met_by_users_of_the_file(project: Path) -> None:
    constant = _of(mutants_of(project), "5")
    user = "functions/shop/basket.py"
    tests = CoverageMap(
        {TEST: 0.5, FAST: 0.1, SLOW: 9.0},
        {FILE: {8: [0]}, user: {3: [1]}, "functions/other.py": {1: [2]}},
        {user: ["shop.price"], "functions/other.py": ["shop"]},
    )
    assert tests.tests_of(constant) == [FAST, TEST]


def test_imports_are_found_in_both_forms() -> None:
    said = "import a.b\nfrom c import d\n\ndef late():\n    from e.f import g\n"
    assert {"a.b", "c.d", "e.f"} <= {*imports_of(said)}


def test_a_map_holds_for_the_files_that_it_was_recorded_with(tmp_path: Path) -> None:
    file = tmp_path / "map.json"
    assert read_map(file, "digest") is None
    write_map(file, "digest", covering_price())
    assert read_map(file, "digest") == covering_price()
    assert read_map(file, "other") is None
