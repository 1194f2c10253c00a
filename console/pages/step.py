"""One step of the newest execution: what it did, with what, and what it printed."""

from collections.abc import Mapping
from typing import Any

from console.asking.jobs.log_tail import MOST_LINES
from console.asking.jobs.question import step_question
from console.asking.names import ProjectNames
from console.pages.ways import below_project
from console.serving.page import Page, Panel, Visit
from console.words.iam_refusals import find_refusals

_LONGEST_TITLE = 80


def step_page(visit: Visit) -> Page:
    """The page of a step."""
    project, name = ProjectNames.parse(visit.path["group"]), visit.path["name"]
    question = step_question(visit.account, project, name)

    def of_step(answers: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = answers["step"]
        told = facts.step.told if facts and facts.step else ""
        return {"group": project.group, "name": name, "refusals": find_refusals(told)}

    def of_job(answers: Mapping[str, Any]) -> Mapping[str, Any]:
        job = answers["step"].job if answers["step"] else None
        told = f"{job.reason}\n{job.exit_message}" if job else ""
        return {"refusals": find_refusals(told)}

    panels = [
        Panel("step", "In the newest execution", [question], of_step),
        Panel("job", "Job", [question], of_job),
        Panel("log", "Log", [question], lambda _: {"most": MOST_LINES}),
    ]
    return Page(name[:_LONGEST_TITLE], below_project(project), panels)
