"""`project.env` keeps what users wrote into it, whatever their values hold."""

from hypothesis import given
from hypothesis import strategies as st

from project_repository.project_env import merge, render

_NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,5}", fullmatch=True)
_VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=9)
_VARIABLES = st.dictionaries(_NAMES, _VALUES, max_size=5)


def _read(text: str) -> dict[str, str]:
    """As the workflows do: up to the first equals sign it is the name."""
    return {line[: line.index("=")]: line[line.index("=") + 1 :] for line in text.splitlines()}


@given(_VARIABLES)
def test_what_is_written_is_read(variables: dict[str, str]) -> None:
    assert _read(render(variables)) == variables
    assert list(_read(render(variables))) == sorted(variables)


@given(_VARIABLES, _VARIABLES, _VARIABLES)
def test_the_variables_of_users_stay_and_the_templates_are_as_wanted(
    current: dict[str, str], previous: dict[str, str], wanted: dict[str, str]
) -> None:
    theirs = {name: value for name, value in current.items() if name not in previous}
    assert _read(merge(render(current), previous, wanted)) == theirs | wanted


def test_a_name_ends_with_the_first_equals_sign() -> None:
    current = "URL=https://x.test/?a=1&b=2\n"
    assert merge(current, {}, {}) == current
    assert merge(current, {"URL": "x"}, {}) == ""
    assert merge(current, {}, {"URL": "y"}) == "URL=y\n"


def test_a_line_that_sets_nothing_is_left_out() -> None:
    assert merge("# words\n\nA=1\n", {}, {}) == "A=1\n"
