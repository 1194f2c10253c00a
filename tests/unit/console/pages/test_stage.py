"""The page of a stage tells what it serves, that it lies elsewhere, or that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from console.asking.answers import Answer
from console.asking.project import Described
from console.asking.standing import Standing
from console.errors import NoPageError
from console.pages.stage import stage_page
from console.serving.page import Page, Visit, render_panel
from deploy_endpoint.model.stage_status import LastRun, Note, StageStatus
from deploy_endpoint.settings.stage_settings import StagesSettings, parse_stages
from operations.fleet.stages import Stage
from tests.console.made_up_aws import MadeUpAccount
from tests.unit.console.made_up_project import GROUP

DESCRIBED = Described("acme", ("dev", "prod"))
SERVERLESS = {"mode": "serverless"}
NOTHING = Standing(Stage("prod", "", "", False, ""), StageStatus(stage="prod"), False)


def _settings(**prod: Any) -> StagesSettings:
    dev = {"name": "dev", "approval": "automatic", "serving": SERVERLESS}
    return parse_stages({"stages": [dev, {"name": "prod", **prod}]}, "config/stages.yml")


def _page(stage: str, query: Mapping[str, str] | None = None) -> Page:
    path = {"group": GROUP, "stage": stage}
    return stage_page(Visit(MadeUpAccount(), path, query or {}))


def _shown(page: Page, name: str, **answers: Any) -> str:
    [panel] = [one for one in page.panels if one.name == name]
    found = {one.name: Answer(answers.get(one.name), is_known=True) for one in panel.questions}
    return render_panel(panel, found, "csrf")


@pytest.mark.parametrize("stage", ["Dev", "a-b", "1", "x" * 21, "dev\n", ""])
def test_a_name_that_no_stage_can_have_has_no_page(stage: str) -> None:
    with pytest.raises(NoPageError):
        _page(stage)


def test_a_stage_without_settings_lets_no_version_in() -> None:
    settings = parse_stages(
        {"stages": [{"name": "dev", "approval": "automatic", "serving": SERVERLESS}]}, "stages.yml"
    )
    text = _shown(_page("prod"), "serves", project=DESCRIBED, standing=NOTHING, settings=settings)
    assert "<dt>Version</dt><dd>nothing</dd>" in text
    assert "does not list this stage" in text


@pytest.mark.parametrize(
    ("account", "is_elsewhere"), [("999988887777", True), ("111122223333", False), (None, False)]
)
def test_an_endpoint_of_another_account_cannot_be_seen(
    account: str | None, is_elsewhere: bool
) -> None:
    named = {"account": account} if account else {}
    settings = _settings(approval="environment", serving=SERVERLESS, **named)
    text = _shown(_page("prod"), "serves", project=DESCRIBED, standing=NOTHING, settings=settings)
    told = "This stage lies in the account 999988887777; its endpoint Rings-prod"
    assert (told in text) is is_elsewhere
    assert "GitHub&#39;s environment" in text


def test_what_serves_is_told_with_its_origin() -> None:
    status = StageStatus(
        stage="dev",
        version="3",
        approval="Approved",
        approved_by="github:<b>ada</b>",
        commit="a" * 40,
        last_run=LastRun(version="4", at="2026-11-27T13:05:18.423Z", outcome="failed"),
    )
    stage = Stage("dev", "3", "2026-11-27T13:05:18.423Z", False, "Look at it.", "4")
    text = _shown(_page("dev"), "serves", project=DESCRIBED, standing=Standing(stage, status, True))
    assert f'href="/projects/{GROUP}/versions/3"' in text
    for told in (
        "2026-11-27 13:05:18 UTC",
        "github:&lt;b&gt;ada&lt;/b&gt;",
        "version 4: failed",
        "version 4 is on its way",
        '<p class="attention">Look at it.</p>',
        "the ledger is not open to you",
    ):
        assert told in text


def test_the_run_within_a_note_can_be_opened_and_nothing_else_of_it_does_anything() -> None:
    run = "https://ghe.acme.org/acme/rings-deploy/actions/runs/7"
    told = f"by <b>ada</b>\x1b[31m, javascript:alert(1). {run}"
    note = Note(version="3", status="deployed", sentence=told)
    status = StageStatus(stage="prod", notes=(note,))
    text = _shown(_page("prod"), "serves", standing=replace(NOTHING, status=status))
    assert f'<a href="{run}" rel="noopener">{run}</a>' in text
    assert "by &lt;b&gt;ada&lt;/b&gt;�[31m, javascript:alert(1). <a" in text


def test_what_failed_is_not_said_to_be_asked_for_still() -> None:
    assert "Asking" not in _shown(_page("dev"), "serves")


def test_an_endpoint_that_is_not_here_is_not_asked() -> None:
    page = _page("prod")
    assert "There is no endpoint Rings-prod in 111122223333" in _shown(page, "endpoint")
    assert "<form" not in _shown(page, "ask")


REALTIME = {
    "serving": {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 2},
    "deployment": {"policy": "canary"},
}


@pytest.mark.parametrize(
    ("kept", "query", "idle", "loaded"),
    [
        ({"serving": SERVERLESS}, {}, "0.00", "0.12"),
        ({"serving": SERVERLESS}, {"requests_per_day": "864000"}, "0.00", "105.12"),
        ({"serving": SERVERLESS}, {"requests_per_day": "0", "milliseconds": "5"}, "0.00", "0.00"),
        (REALTIME, {}, "186.98", "186.98"),
        (
            {"serving": {**REALTIME["serving"], "instance_type": "ml.x9.huge"}},
            {},
            "?",
            "?",
        ),
    ],
)
def test_a_stage_costs_what_make_cost_says(
    kept: Mapping[str, Any], query: Mapping[str, str], idle: str, loaded: str
) -> None:
    settings = _settings(approval="environment", **kept)
    text = _shown(_page("prod", query), "monthly-cost", settings=settings)
    cells = f'<td role="cell">{idle}</td><td role="cell">{loaded}</td>'
    assert cells in text
    assert ("There is no price of ml.x9.huge" in text) is (idle == "?")
    assert 'class="attention"' not in text


@pytest.mark.parametrize(
    "query",
    [
        {"requests_per_day": "-1"},
        {"requests_per_day": "1e3"},
        {"requests_per_day": "1000000001"},
        {"milliseconds": ""},
        {"milliseconds": "60001"},
        {"milliseconds": "٣"},
        {"milliseconds": "9" * 5000},
    ],
)
def test_a_load_that_is_none_is_refused_and_the_usual_one_counts(query: Mapping[str, str]) -> None:
    page = _page("dev", query)
    text = _shown(page, "monthly-cost", settings=_settings(approval="registry", serving=SERVERLESS))
    assert f"{next(iter(query))} is " in text
    assert '<td role="cell">0.12</td>' in text
    assert page.query == ""


def test_what_the_address_asks_for_stays_while_the_page_is_open() -> None:
    query = {"requests_per_day": "5", "milliseconds": "7", "other": '"><script>'}
    assert _page("dev", query).query == "?requests_per_day=5&milliseconds=7"
    assert _page("dev", {"example": "3"}).query == "?example=3"
    assert _page("dev", {"example": "-3"}).query == ""
