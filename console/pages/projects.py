"""All projects as one table."""

from console.asking.fleet import fleet_question, listed_question
from console.serving.page import Page, Panel, Visit


def projects_page(visit: Visit) -> Page:
    """The first page."""
    questions = [listed_question(visit.account), fleet_question(visit.account)]
    panel = Panel("fleet", "All projects", questions)
    return Page("Projects", [], [panel])
