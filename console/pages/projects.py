"""All projects as one table."""

from console.asking.fleet import fleet_question
from console.serving.page import Page, Panel, Visit


def projects_page(visit: Visit) -> Page:
    """The first page."""
    panel = Panel("fleet", "All projects", [fleet_question(visit.account)])
    return Page("Projects", [], [panel])
