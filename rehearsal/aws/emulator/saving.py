"""State is loaded and saved here, and what MiniStack changes without touching it is seen too."""

from __future__ import annotations

from typing import Any

from ministack import app as gateway
from ministack.core import persistence
from ministack.services import cloudformation, lambda_svc
from ministack.services.cloudformation import stacks

from rehearsal.aws.emulator import touched_entries
from rehearsal.aws.emulator.saved_state import SavedState
from rehearsal.aws.emulator.wrapping import wrap


def apply(saved: SavedState) -> None:
    """Load and save in the place of MiniStack, and see what it does unseen."""
    gateway.load_state = persistence.load_state = saved.load
    gateway.save_all = lambda _services: saved.save_everything()
    wrap(_add_event_and_touch, "_add_event", stacks)
    wrap(_prune_when_all_is_seen, "_prune_orphan_code_blobs", lambda_svc)


def _add_event_and_touch(
    add_event: Any, stack_id: str, stack_name: str, *rest: Any, **named: Any
) -> None:
    """Who works on a stack has it in hand for minutes, and tells of each step."""
    add_event(stack_id, stack_name, *rest, **named)
    cloudformation._stacks.get(stack_name)


def _prune_when_all_is_seen(prune: Any, referenced: set[str]) -> None:
    """Code of functions that were not touched is no orphan."""
    if touched_entries.sees_everything():
        prune(referenced)
