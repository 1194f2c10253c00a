"""What the state of a stack means for the launch."""

from __future__ import annotations

import pytest

from rehearsal.aws.catalog import stacks
from rehearsal.aws.catalog.errors import InvalidParametersError
from rehearsal.aws.catalog.launch_state import outcome
from rehearsal.aws.catalog.provisioning import PROVISION, TERMINATE, UPDATE, Provisioning
from rehearsal.aws.catalog.resources import CatalogStore, LaunchRecord, ProvisionedProduct
from rehearsal.aws.catalog.selection import Selection
from rehearsal.aws.catalog.stacks import StackState


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
    result = outcome(kind, _stack(stack_status) if stack_status else None)
    assert result is not None
    assert (result.record_status, result.status) == expected
    assert not result.gone


@pytest.mark.parametrize("stack_status", [None, "DELETE_COMPLETE"])
def test_a_terminated_launch_is_gone(stack_status: str | None) -> None:
    result = outcome(TERMINATE, _stack(stack_status) if stack_status else None)
    assert result is not None
    assert result.gone
    assert result.succeeded


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
    assert outcome(kind, _stack(stack_status)) is None


def test_what_changes_cannot_be_changed_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stacks, "read", lambda _name: _stack("CREATE_IN_PROGRESS"))
    ids = ("prod-1", "pa-1", "path-1")
    record = LaunchRecord("rec-1", PROVISION, "pp-1", "n", *ids, "", 1.0, 1.0, "IN_PROGRESS")
    launched = ProvisionedProduct(
        "pp-1", "n", *ids, "SC", "", "t", "arn", 1.0, {}, "UNDER_CHANGE", last_record_id="rec-1"
    )
    store = CatalogStore(records={"rec-1": record}, provisioned={"pp-1": launched})
    provisioning = Provisioning(store, Selection(store), lambda: 2.0)
    with pytest.raises(InvalidParametersError, match="is UNDER_CHANGE; wait"):
        provisioning.terminate("pp-1")
    with pytest.raises(InvalidParametersError, match="is UNDER_CHANGE; wait"):
        provisioning.update("pp-1", "", {})


def _stack(status: str) -> StackState:
    return StackState("arn", status, "", {}, frozenset())
