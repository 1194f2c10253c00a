"""One step of the newest execution: what it did, with what, and what it printed."""

import re

from console.asking.jobs.log_tail import MOST_LINES
from console.asking.jobs.question import step_question
from console.asking.names import ProjectNames
from console.errors import NoPageError
from console.pages.ways import below_project
from console.serving.page import Page, Panel, Values, Visit
from console.words.iam_refusals import find_refusals

# Source: `StepName` of SageMaker, API version 2017-07-24.
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")


def step_page(visit: Visit) -> Page:
    """The page of a step.

    Raises:
        NoPageError: none can be called so.
    """
    project, name = ProjectNames.parse(visit.path["group"]), visit.path["name"]
    if not _NAME.fullmatch(name):
        told = f"No step is called {name[:80]}; {project.name} has its steps on its page."
        raise NoPageError(project.lacks(told))
    question = step_question(visit.account, project, name)
    here = {"group": project.group, "name": name}

    def of_step(answers: Values) -> Values:
        facts = answers["step"]
        told = facts.step.told if facts and facts.step else ""
        return {"refusals": find_refusals(told)}

    def of_job(answers: Values) -> Values:
        job = answers["step"].job if answers["step"] else None
        told = f"{job.reason}\n{job.exit_message}" if job else ""
        return {"refusals": find_refusals(told)}

    panels = [
        Panel("step", "In the newest execution", [question], of_step, here),
        Panel("job", "Job", [question], of_job),
        Panel("log", "Log", [question], told={"most": MOST_LINES}),
    ]
    return Page(name, below_project(project), panels)
