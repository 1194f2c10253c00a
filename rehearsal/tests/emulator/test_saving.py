"""What MiniStack does without touching an entry is seen all the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ministack import app as gateway
from ministack.core import persistence
from ministack.core.responses import AccountRegionScopedDict, request_scope
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import stacks

from rehearsal.aws.emulator import saving, touched_entries
from rehearsal.aws.emulator.saved_state import SavedState
from rehearsal.aws.emulator.touched_entries import TouchedDict, touches

REPLACED = (
    *((gateway, "load_state"), (gateway, "save_all"), (persistence, "load_state")),
    *((stacks, "_add_event"), (lambda_svc, "_prune_orphan_code_blobs")),
)


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SavedState]:
    for module, name in REPLACED:
        monkeypatch.setattr(module, name, getattr(module, name))
    state = SavedState(tmp_path / "services.db", lambda: {"lambda": lambda_svc.get_state})
    saving.apply(state)
    yield state
    state.close()


def test_an_event_of_a_stack_touches_the_stack(
    saved: SavedState, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = AccountRegionScopedDict()
    table._data = TouchedDict()
    monkeypatch.setattr(cloudformation, "_stacks", table)
    with request_scope("111122223333", "eu-west-1"):
        stacks._add_event("id", "held-for-long", "Thing", "AWS::SQS::Queue", "CREATE_COMPLETE")
    assert ("111122223333", "eu-west-1", "held-for-long") in touches.begin_round()


def test_code_of_functions_that_nobody_touched_stays(
    saved: SavedState, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(lambda_svc, "CODE_BLOB_DIR", str(tmp_path))
    code = tmp_path / "0a1b.zip"
    code.touch()
    with touched_entries.saving(set()):
        lambda_svc.get_state()
    assert code.exists()
    lambda_svc.get_state()
    assert not code.exists()
