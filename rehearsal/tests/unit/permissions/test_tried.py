"""What is taken away is all that an act needs of the roles that are tried."""

import re
from pathlib import Path

import pytest

from rehearsal.laboratory.permissions.kept import BEST_EFFORT
from rehearsal.laboratory.permissions.tried import TRIED, outcome

# The page's project chose no folders, so that it has no reader.
ON_THE_PAGE = sorted({*TRIED} - {"reader"})
PAGE = Path(__file__).resolve().parents[4] / "docs" / "permissions.md"


def _rows(purpose: str) -> dict[str, tuple[str, str]]:
    """What the page says of a role's actions: what was seen, and what needs them."""
    section = PAGE.read_text(encoding="utf-8").split(f"## {purpose}\n")[1].split("\n## ")[0]
    found = re.findall(r"^\| `(\S+)` \| [^|]* \| ([^|]*) \| ([^|]*) \|$", section, re.MULTILINE)
    return {action: (seen.strip(), need) for action, seen, need in found}


@pytest.mark.parametrize("purpose", ON_THE_PAGE)
def test_whatever_an_act_needs_is_taken_away(purpose: str) -> None:
    rows = _rows(purpose)
    assert rows
    untried = [action for action, (seen, need) in rows.items() if need[:2] == "**" and not seen]
    assert untried == []


@pytest.mark.parametrize("purpose", ON_THE_PAGE)
def test_the_page_says_what_is_tried(purpose: str) -> None:
    said = {action: seen for action, (seen, _need) in _rows(purpose).items() if seen}
    tried = {action: seen for seen, actions in TRIED[purpose].items() for action in actions}
    assert said == tried


def test_what_is_asked_for_at_best_is_taken_away_too() -> None:
    assert all(outcome(purpose, action, "") for purpose, action in BEST_EFFORT)
