"""The card's style sheet reaches what is within a card, and nothing else of a page."""

from __future__ import annotations

import re

from ml_pipelines.card.page import STYLE

from console.pictures.card import card_style
from tests.console.made_up_aws import MadeUpAccount
from tests.unit.console.browsing import browser_of


def test_every_rule_stands_within_the_class() -> None:
    text = card_style()
    depth = 0
    for place, character in enumerate(text):
        depth += {"{": 1, "}": -1}.get(character, 0)
        # Left only at the end, so that no rule stands outside.
        assert depth > 0 or place < len(".card {") or text[place + 1 :].strip() == ""
    assert text.startswith(".card {")
    assert depth == 0


def test_it_is_the_card_s_own_file_and_says_nothing_for_a_page_as_a_whole() -> None:
    own = STYLE.read_text(encoding="utf-8")
    assert own in card_style()
    # Within a class these match nothing, unless they were told to leave it by `&`.
    assert "&" not in own
    assert not re.search(r"@(import|font-face|keyframes|layer)", own)


def test_it_is_served_as_a_style_sheet() -> None:
    with browser_of(MadeUpAccount()) as browser:
        served = browser.get("/static/card.css")
    assert served.headers["content-type"].startswith("text/css")
    assert served.source == card_style()
