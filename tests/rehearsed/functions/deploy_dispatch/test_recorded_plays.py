"""Plays that showed what happens without a rule come to a good rest with all of them."""

import pytest

from tests.rehearsed.functions.deploy_dispatch.recorded_plays import PLAYS
from tests.rehearsed.functions.deploy_dispatch.stages_play import broken_by


@pytest.mark.parametrize("invariant", PLAYS, ids=lambda number: f"invariant-{number}")
def test_a_recorded_play_keeps_its_invariant(invariant: int) -> None:
    """Fails for this invariant alone, so that a mutant is told by the one that it breaks."""
    told = broken_by(*PLAYS[invariant])
    assert [sentence for sentence in told if sentence.startswith(f"{invariant}:")] == []


@pytest.mark.parametrize("invariant", PLAYS)
def test_a_recorded_play_keeps_all_others(invariant: int) -> None:
    assert broken_by(*PLAYS[invariant]) == []
