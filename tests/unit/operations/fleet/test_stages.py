"""What is read of the ledger's item is what the dispatch function wrote."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from deploy_dispatch.ledger import Ledger
from deploy_dispatch.stage_record import Presence, StageRecord
from mlops_sm_project_template.config import names
from operations.fleet.stages import TABLE, Stage, read_stages

GROUP = "Rings-p-abcdefghijkl"
_ARN = f"arn:aws:sagemaker:eu-west-1:111122223333:model-package/{GROUP}"
_ARNS = st.integers(1, 9).map(lambda number: f"{_ARN}/{number}")
_MOMENTS = st.sampled_from(["", "2026-11-01T10:20:30.000Z", "2026-11-02T10:20:30.000Z"])
_PRESENCES = st.builds(Presence, healthy=_MOMENTS, untested=_MOMENTS, removed=_MOMENTS)


class Table:
    """DynamoDB with one table, that gives one item a request and leaves the others."""

    def __init__(self) -> None:
        self.items: dict[str, Mapping[str, Any]] = {}
        self.requests = 0

    def get_item(self, *, Key: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        found = self.items.get(Key["ClaimId"]["S"])
        return {"Item": found} if found else {}

    def put_item(self, *, Item: Mapping[str, Any], **_: Any) -> dict[str, Any]:  # noqa: N803
        self.items[Item["ClaimId"]["S"]] = Item
        return {}

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        self.requests += 1
        (table,) = RequestItems
        first, *rest = RequestItems[table]["Keys"]
        found = self.items.get(first["ClaimId"]["S"])
        more = {table: {"Keys": rest}} if rest else {}
        return {"Responses": {table: [found] if found else []}, "UnprocessedKeys": more}


@st.composite
def _records(draw: st.DrawFn) -> StageRecord:
    versions = draw(st.dictionaries(_ARNS, _PRESENCES, max_size=3))
    return StageRecord(
        versions=versions,
        serves=draw(st.sampled_from(["", *versions])),
        is_unknown=draw(st.booleans()),
        attention=draw(st.sampled_from(["", "dev needs somebody; deploy by hand."])),
    )


def _written(record: StageRecord, _before: StageRecord) -> StageRecord:
    return record


@given(records=st.dictionaries(st.sampled_from(["dev", "live", "qa"]), _records()))
def test_each_stage_is_read_as_it_was_written(records: dict[str, StageRecord]) -> None:
    table = Table()
    ledger = Ledger(table, TABLE)
    for stage, record in records.items():
        ledger.change_stage(GROUP, stage, partial(_written, record))
    known = dict(ledger.project(GROUP).stages)
    assert read_stages(table, [GROUP]).get(GROUP, []) == [
        Stage(
            name=name,
            version=known[name].serves.rpartition("/")[2],
            since=max(one.healthy, one.untested),
            is_unknown=known[name].is_unknown,
            attention=known[name].attention,
        )
        for name in sorted(known)
        for one in [known[name].of(known[name].serves)]
    ]


@given(versions=st.dictionaries(_ARNS, _PRESENCES, max_size=3))
def test_what_an_earlier_function_wrote_is_read_as_the_function_reads_it(
    versions: dict[str, Presence],
) -> None:
    table = Table()
    ledger = Ledger(table, TABLE)
    ledger.change_stage(GROUP, "dev", lambda _before: StageRecord(versions, serves="x"))
    (key,) = table.items
    table.items[key] = {name: one for name, one in table.items[key].items() if name != "Records"}
    (stage,) = read_stages(table, [GROUP])[GROUP]
    assert stage.version == ledger.project(GROUP).of("dev").serves.rpartition("/")[2]


def test_what_dynamodb_leaves_is_asked_for_again() -> None:
    table = Table()
    groups = [f"g{number}-p-abcdefghijkl" for number in range(5)]
    for group in groups:
        Ledger(table, TABLE).change_stage(
            group, "dev", lambda _before: StageRecord(attention="somebody must look")
        )
    assert sorted(read_stages(table, groups)) == groups
    assert table.requests == len(groups)


def test_the_table_is_the_templates() -> None:
    assert TABLE == names.APPROVAL_TABLE
