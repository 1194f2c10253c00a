"""What the state of a stack means for the launch."""

from __future__ import annotations

import pytest

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.errors import InvalidParametersError
from rehearsal.aws.catalog.launch_state import (
    GONE,
    PROVISION,
    SUCCESSES,
    TERMINATE,
    UPDATE,
    status_after,
)
from rehearsal.aws.catalog.provisioning import Provisioning
from rehearsal.aws.catalog.resources import CatalogStore
from rehearsal.aws.catalog.selection import Selection


@pytest.mark.parametrize(
    ("kind", "stack_status", "expected"),
    [
        (PROVISION, "CREATE_COMPLETE", ("SUCCEEDED", "AVAILABLE")),
        (PROVISION, "ROLLBACK_COMPLETE", ("FAILED", "ERROR")),
        (PROVISION, None, ("FAILED", "ERROR")),
        (UPDATE, "UPDATE_COMPLETE", ("SUCCEEDED", "AVAILABLE")),
        (UPDATE, "UPDATE_ROLLBACK_COMPLETE", ("FAILED", "TAINTED")),
        (UPDATE, "UPDATE_ROLLBACK_FAILED", ("FAILED", "ERROR")),
        (TERMINATE, "DELETE_FAILED", ("FAILED", "ERROR")),
    ],
)
def test_an_ended_stack_ends_the_launch(
    kind: str, stack_status: str | None, expected: tuple[str, str]
) -> None:
    status = status_after(kind, stack_status)
    assert ("SUCCEEDED" if status in SUCCESSES else "FAILED", status) == expected


@pytest.mark.parametrize("stack_status", [None, "DELETE_COMPLETE"])
def test_a_terminated_launch_is_gone(stack_status: str | None) -> None:
    assert status_after(TERMINATE, stack_status) == GONE
    assert GONE in SUCCESSES


@pytest.mark.parametrize(
    ("kind", "stack_status"),
    [
        (PROVISION, "CREATE_IN_PROGRESS"),
        (PROVISION, "ROLLBACK_IN_PROGRESS"),
        (UPDATE, "CREATE_COMPLETE"),
        (UPDATE, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"),
        (TERMINATE, "UPDATE_COMPLETE"),
        (TERMINATE, "DELETE_IN_PROGRESS"),
    ],
)
def test_what_goes_on_has_no_outcome(kind: str, stack_status: str) -> None:
    assert status_after(kind, stack_status) is None


def test_what_changes_cannot_be_changed_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "read", lambda _name: {"StackStatus": "CREATE_IN_PROGRESS"})
    record = {"RecordId": "rec-1", "RecordType": PROVISION, "Status": "IN_PROGRESS"}
    launched = {"Id": "pp-1", "Status": "UNDER_CHANGE", "LastRecordId": "rec-1", "_stack": "SC"}
    store = CatalogStore(records={"rec-1": record}, provisioned={"pp-1": launched})
    provisioning = Provisioning(store, Selection(store), lambda: 2.0)
    with pytest.raises(InvalidParametersError, match="is UNDER_CHANGE; wait"):
        provisioning.terminate("pp-1")
    with pytest.raises(InvalidParametersError, match="is UNDER_CHANGE; wait"):
        provisioning.update("pp-1", {})
