"""One stage: what it serves, its endpoint, and what that is asked, watched by and costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from console.asking.account import Account
from console.asking.alarms import alarms_question
from console.asking.answers import Question
from console.asking.endpoint import endpoint_question, title_of
from console.asking.names import ProjectNames, parse_stage
from console.asking.project import project_question
from console.asking.repositories import stages_question
from console.asking.requests_seen import HOURS, requests_question
from console.asking.serving_form import form_question
from console.asking.standing import standing_question
from console.pages.ask_form import shown_form
from console.pages.monthly_cost import LARGEST, GivenLoad, load_of, price
from console.pages.ways import below_project, commit_page
from console.pictures import sparkline, traffic_bar
from console.serving.page import Page, Panel, Values, Visit
from console.words.gates import how_it_opens
from deploy_endpoint.errors import SettingsError
from deploy_endpoint.settings.stage_settings import StagesSettings

_EXAMPLE = "example"


def stage_of(visit: Visit) -> tuple[ProjectNames, str]:
    """The project and the stage of an address.

    Raises:
        NoPageError: none can be called so.
    """
    project = ProjectNames.parse(visit.path["group"])
    return project, parse_stage(visit.path["stage"], project)


def stage_page(visit: Visit) -> Page:
    """The page of a stage."""
    project, stage = stage_of(visit)
    at = _Place(visit.account, project, stage)
    account, name = at.account, at.endpoint
    settings, endpoint = stages_question(account, project), endpoint_question(account, name)
    given, example = load_of(visit.query), example_of(visit.query)
    panels = [
        _serves_panel(at, settings),
        _endpoint_panel(at, endpoint),
        Panel(
            "requests",
            f"Requests of the last {HOURS} hours",
            [requests_question(account, name)],
            _requests,
        ),
        Panel("endpoint-alarms", "Alarms", [alarms_question(account, project, stage)]),
        _ask_panel(at, endpoint, example),
        _cost_panel(at, settings, given),
    ]
    asked = f"?{urlencode({_EXAMPLE: example})}" if example else given.query
    return Page(f"Stage {stage}", below_project(project), panels, query=asked)


@dataclass(frozen=True)
class _Place:
    """Which stage it is."""

    account: Account
    project: ProjectNames
    stage: str

    @property
    def endpoint(self) -> str:
        """Name of its endpoint."""
        return self.project.endpoint(self.stage)


def example_of(query: Mapping[str, str]) -> int:
    """Which of the example records an address asks for; the first unless it says so."""
    text = query.get(_EXAMPLE, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _serves_panel(at: _Place, settings: Question) -> Panel:
    described = project_question(at.account, at.project)
    standing = standing_question(at.account, at.project, at.stage)
    here = {"group": at.project.group, "stage": at.stage, "endpoint_name": at.endpoint}
    return Panel("serves", "Serves", [described, settings, standing], partial(_serves, at), here)


def _serves(at: _Place, answers: Values) -> Values:
    described, standing = answers["project"], answers["standing"]
    settings: StagesSettings | None = answers["settings"]
    listed = settings.find(at.stage) if settings else None
    commit = standing.status.commit if standing else ""
    is_foreign = listed is not None and listed.account not in (None, at.account.identity.account)
    return {
        "gate": how_it_opens(listed.approval) if listed else "",
        "is_unlisted": settings is not None and listed is None,
        "elsewhere": listed.account if listed and is_foreign else "",
        "commit_page": commit_page(at.account, at.project, described, commit),
    }


def _endpoint_panel(at: _Place, endpoint: Question) -> Panel:
    identity = at.account.identity

    def arrange(answers: Values) -> Values:
        found = answers["endpoint"]
        parts = traffic_bar.parts_of(found) if found else ()
        return {
            "parts": parts,
            "bar": traffic_bar.draw(parts) if parts else "",
            "taking_over": title_of(found.deployment) if found and found.deployment else "",
        }

    where = {"name": at.endpoint, "here": f"{identity.account} and {identity.region}"}
    return Panel("endpoint", "Endpoint", [endpoint], arrange, where)


def _ask_panel(at: _Place, endpoint: Question, example: int) -> Panel:
    form = form_question(at.account, at.project, at.stage)

    def arrange(answers: Values) -> Values:
        found = answers["form"]
        line = found.example(example) if found else ""
        return {
            "is_there": answers["endpoint"] is not None,
            **shown_form(at.account, at.project, at.stage, found, line),
        }

    another = f"?{urlencode({_EXAMPLE: example + 1})}#ask"
    told = {"name": at.endpoint, "another": another}
    return Panel("ask", "Ask the endpoint", [form, endpoint], arrange, told)


def _requests(answers: Values) -> Values:
    found: Sequence[Any] = answers["requests"] or ()
    shown = [(one.metric, sparkline.summary(one), sparkline.draw(one)) for one in found]
    rows = []
    if found:
        columns = zip(*(one.values for one in found), strict=True)
        pairs = zip(found[0].moments, columns, strict=True)
        rows = [(moment, values) for moment, values in pairs if any(values)]
    titles = (", ".join(filter(None, (one.metric.title, one.metric.unit))) for one in found)
    return {"shown": shown, "rows": rows, "columns": ["5 minutes from", *titles]}


def _cost_panel(at: _Place, settings: Question, given: GivenLoad) -> Panel:
    def arrange(answers: Values) -> Values:
        found: StagesSettings | None = answers["settings"]
        listed = found.find(at.stage) if found else None
        try:
            priced = price(listed, at.account.identity.region, given.load) if listed else None
        except SettingsError as error:
            return {"priced": None, "trouble": str(error)}
        return {"priced": priced, "trouble": ""}

    told = {"given": given, "largest": LARGEST}
    return Panel("monthly-cost", "Cost a month", [settings], arrange, told)
