"""One project: its life from commit to endpoint, and what is behind each box of that picture."""

from typing import Any

from console.asking.ledger import ledger_question
from console.asking.names import ProjectNames
from console.asking.pipeline import execution_question
from console.asking.project import project_question
from console.asking.repositories import approvals, runs_question, stages_question
from console.asking.stages import endpoints_question, served
from console.asking.versions import versions_question
from console.pages.events import newest_events_panel
from console.pages.ways import to_project
from console.pictures.lifecycle import boxes_of
from console.pictures.pipeline_graph import draw
from console.serving.page import Page, Panel, Values, Visit


def project_page(visit: Visit) -> Page:
    """The page of a project."""
    account, project = visit.account, ProjectNames.parse(visit.path["group"])
    execution = execution_question(account, project)
    runs, versions = runs_question(account, project), versions_question(account, project)
    described = project_question(account, project)
    settings, ledger = stages_question(account, project), ledger_question(account, project)
    endpoints = endpoints_question(account, project)
    of_stages = [described, settings, ledger, versions, endpoints]
    here = {"group": project.group}

    def stages(answers: Values) -> Values:
        return {"stages": served_of(answers)}

    def lifecycle(answers: Values) -> Values:
        return {"boxes": boxes_of(project, served_of(answers), answers)}

    def graph(answers: Values) -> Values:
        steps = answers["execution"].steps if answers["execution"] else ()
        return {"graph": draw(steps, f"{project.page}/steps")}

    panels = [
        Panel("lifecycle", "From commit to endpoint", [*of_stages, execution, runs], lifecycle),
        Panel("pipeline", "Pipeline", [execution], graph, here),
        Panel("versions", "Versions", [versions], told=here),
        Panel("stages", "Stages", of_stages, stages, here),
        Panel("runs", "Runs of the workflows", [runs]),
        newest_events_panel(account, project),
    ]
    return Page(project.name, to_project(), panels)


def served_of(answers: Values) -> Any:
    """The stages, of what is known up to now."""
    described = answers["project"]
    ledger = answers["ledger"]
    allowed = described.stages if described else [one.name for one in ledger or ()]
    listed = approvals(answers["settings"], allowed)
    return served(listed, ledger, answers["versions"] or (), answers["endpoints"] or {})
