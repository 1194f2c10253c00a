"""One version: what was decided of it, where it served, how good it is, where it comes from."""

from typing import Any

from ml_pipelines.card.registry import version_of

from console.asking.account import Account
from console.asking.ledger import version_ledger_question
from console.asking.names import ProjectNames, parse_number
from console.asking.project import project_question
from console.asking.repositories import stages_question
from console.asking.versions import Version, version_question
from console.deciding.decision import LONGEST_COMMENT
from console.deciding.situating import Known, situate
from console.deciding.situation import Situation
from console.pages.version_facts import choices_of, decided_of, origin_of, places_of
from console.pages.ways import below_project
from console.pictures.card import draw_card
from console.serving.page import Page, Panel, Values, Visit


def version_page(visit: Visit) -> Page:
    """The page of a version."""
    account, project = visit.account, ProjectNames.parse(visit.path["group"])
    number = parse_number(visit.path["number"], project)
    asked, described = (
        version_question(account, project, number),
        project_question(account, project),
    )
    settings, ledger = (
        stages_question(account, project),
        version_ledger_question(account, project, number),
    )
    everything = [asked, described, settings, ledger]
    here = {"group": project.group, "number": number}

    def decision(answers: Values) -> Values:
        seen = seen_of(account, answers)
        facts = decided_of(answers["found"].version, seen) if seen else ()
        return {"seen": seen, "facts": facts}

    def decide(answers: Values) -> Values:
        seen = seen_of(account, answers)
        return {"seen": seen, "choices": choices_of(seen) if seen else ()}

    def served(answers: Values) -> Values:
        seen = seen_of(account, answers)
        return {"seen": seen, "places": places_of(seen) if seen else ()}

    def verdict(answers: Values) -> Values:
        return {"card": card_of(answers["found"])}

    def origin(answers: Values) -> Values:
        version = answers["found"] and answers["found"].version
        found = origin_of(account, project, version, answers["project"]) if version else ()
        return {"facts": found}

    panels = [
        Panel("decision", "Decision", everything, decision, here),
        Panel("decide", "Decide", everything, decide, {**here, "longest": LONGEST_COMMENT}),
        Panel("served", "Where it served", everything, served, here),
        Panel("verdict", "Model card", [asked], verdict, here),
        Panel("origin", "Origin", [asked, described], origin, here),
    ]
    way = below_project(project)
    return Page(f"Version {number}", way, panels, styles=("/static/card.css",))


def card_of(found: Any) -> str:
    """The card of a version that was looked for; empty without a report."""
    version: Version | None = found and found.version
    if version is None or version.report is None:
        return ""
    return draw_card(version.report, version_of(version.package))


def seen_of(account: Account, answers: Values) -> Situation | None:
    """Where the version stands; None as long as registry and ledger did not both answer."""
    found, known = answers["found"], answers["known"]
    if found is None or found.version is None or known is None:
        return None
    of_project = Known(answers["project"], answers["settings"], known.ledger)
    return situate(found.version, account.identity.arn, of_project)
