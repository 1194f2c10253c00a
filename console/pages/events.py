"""What happened in a project and why, in one list."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from console.asking.account import Account
from console.asking.events.event import PIPELINE, RUN, Event, failure, newest
from console.asking.events.question import events_question
from console.asking.names import ProjectNames
from console.asking.pipeline import Execution, execution_question
from console.asking.repositories import Run, runs_question
from console.pages.ways import below_project
from console.serving.page import Page, Panel, Values, Visit
from console.words.shown import segment
from console.words.states import in_words, state_of
from console.words.versions import with_numbers

MOST_SHOWN = 100
_MOST_NEWEST = 5


def events_page(visit: Visit) -> Page:
    """The page of everything that is known to have happened lately."""
    project = ProjectNames.parse(visit.path["group"])
    title = "The last seven days and the newest versions"
    panel = _panel("events", title, visit.account, project, MOST_SHOWN)
    return Page("Events", below_project(project), [panel])


def newest_events_panel(account: Account, project: ProjectNames) -> Panel:
    """The newest few, for the page of the project."""
    return _panel("newest-events", "Newest events", account, project, _MOST_NEWEST)


def _panel(name: str, title: str, account: Account, project: ProjectNames, most: int) -> Panel:
    """Up to so many events; its template is told of one more, so that it can say so."""
    questions = [
        events_question(account, project),
        runs_question(account, project),
        execution_question(account, project),
    ]

    def arrange(answers: Values) -> Values:
        return {"shown": _newest(answers, project.page)[: most + 1]}

    return Panel(name, title, questions, arrange, {"group": project.group, "most": most})


def _newest(answers: Values, here: str) -> Sequence[Event]:
    runs, execution = answers["runs"], answers["execution"]
    return newest(
        [
            *(answers["events"] or ()),
            *(_of_run(run) for run in (runs.deploy if runs else ())),
            *(_of_steps(execution, here) if execution else ()),
        ]
    )


def _of_run(run: Run) -> Event:
    """A run at its end, or at its beginning while it is on its way."""
    moment = run.began if run.is_running else run.began + timedelta(seconds=run.seconds)
    ended = "is" if run.is_running else "ended:"
    sentence = f"The run “{with_numbers(run.title)}” {ended} {in_words(run.state)}."
    return Event(moment, RUN, sentence, run.url, state_of(run.state))


def _of_steps(execution: Execution, here: str) -> Iterator[Event]:
    for step in execution.steps:
        if step.status == "Failed" and step.started is not None:
            moment = step.started + timedelta(seconds=step.seconds or 0)
            address = f"{here}/steps/{segment(step.name)}"
            yield failure(moment, PIPELINE, f"Step {step.name} failed", step.told, address)
