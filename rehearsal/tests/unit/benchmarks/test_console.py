"""The bench of the console opens every page, in an account that answers all that pages ask."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from console.pages.addresses import ADDRESSES
from rehearsal.conductor.errors import RehearsalError
from rehearsal.laboratory.benchmarks.console.browsing import made_up_apis
from rehearsal.laboratory.benchmarks.console.made_up_account import MadeUpAccount
from rehearsal.laboratory.benchmarks.console.made_up_facts import group_of
from rehearsal.laboratory.benchmarks.console.measuring import PAGES, World, example_of
from rehearsal.laboratory.benchmarks.console.table import console_tables

ROOT = Path(__file__).resolve().parents[4]


def make_results(warm_ms: float = 9.0) -> dict[str, Any]:
    row = {"projects": 1, "cold_ms": 500.0, "cold_ratio": 1.0, "warm_ms": 1.0, "warm_ratio": 1.0}
    rows = [
        {**row, "calls": 12, "calls_a_minute": {"a:B": 40.2, "a:C": 8.0}},
        {**row, "calls": 1010, "projects": 200, "warm_ms": warm_ms},
    ]
    rows[0]["cpu_seconds_a_minute"] = 0.5
    crowded = {"tabs": 20, "alone_p95_ms": 5.0, "beside_p95_ms": 9.0, "beside_cold_ms": 300.0}
    return {
        "versions": 500,
        "answer_seconds": 0.03,
        "warm_aim_ms": 1000.0,
        "pages": [{"address": "/", "at": rows}],
        "crowded": {**crowded, "percent_of_a_core": 8.0},
    }


def printed(results: dict[str, Any]) -> str:
    told = Console(file=StringIO(), width=160)
    told.print(*console_tables(results))
    assert isinstance(told.file, StringIO)
    return told.file.getvalue()


def test_every_page_is_measured() -> None:
    assert tuple(address for address, _ in ADDRESSES) == PAGES


@pytest.mark.parametrize(("warm_ms", "word"), [(999.0, "met"), (1000.0, "missed")])
def test_the_aim_is_told(warm_ms: float, word: str) -> None:
    assert f"< 1000 ms: {word}" in " ".join(printed(make_results(warm_ms)).split())


def test_calls_a_minute_are_added_up_and_left_out_where_they_were_not_counted() -> None:
    lines = [line.split() for line in printed(make_results()).splitlines() if "500.0" in line]
    assert "48" in lines[0]
    assert lines[1].count("│") == lines[0].count("│")
    assert len(lines[1]) == len(lines[0]) - 3  # the page's address, and two numbers


def test_projects_come_in_pages_as_service_catalog_has_them() -> None:
    account = MadeUpAccount(projects=130, versions=2)
    first = account.answer("SearchProvisionedProducts", {"PageSize": 100})
    token = first["NextPageToken"]
    rest = account.answer("SearchProvisionedProducts", {"PageSize": 100, "PageToken": token})
    names = [one["Name"] for page in (first, rest) for one in page["ProvisionedProducts"]]
    assert names == [group_of(number) for number in range(130)]
    assert "NextPageToken" not in rest


@pytest.mark.parametrize(("versions", "listed"), [(1, [1]), (500, [500, 499, 498])])
def test_the_newest_versions_come_first(versions: int, listed: list[int]) -> None:
    request = {"ModelPackageGroupName": group_of(0), "MaxResults": 3}
    told = MadeUpAccount(1, versions).answer("ListModelPackages", request)
    assert [one["ModelPackageVersion"] for one in told["ModelPackageSummaryList"]] == listed


def test_an_operation_that_nobody_made_up_is_refused() -> None:
    with pytest.raises(KeyError):
        MadeUpAccount(1, 1).answer("DeleteEverything", {})


@pytest.mark.tier("test")
@pytest.mark.parametrize("path", [example_of(address) for address in PAGES])
def test_a_page_is_whole_and_its_calls_are_counted_once(path: str) -> None:
    with made_up_apis(ROOT, 2, 3, 0.0) as apis:
        world = World(ROOT, apis)
        with world.console() as opened, world.console() as other:
            assert set(world.counted(other)) == {"sts:GetCallerIdentity"}
            world.counted(opened)
            assert opened.get_whole(path) > 0
            asked = world.counted(opened)
            assert "sagemaker:DescribeModelPackage" in asked or "/steps/" in path
            assert "sts:GetCallerIdentity" not in asked
            assert world.counted(other) == {}
            with pytest.raises(RehearsalError, match="404"):
                opened.get("/nowhere")
