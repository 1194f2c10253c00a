"""The pages and their addresses."""

from console.pages.ask import ask_endpoint, ask_page
from console.pages.decisions import ask_decision, take_decision
from console.pages.events import events_page
from console.pages.project import project_page
from console.pages.projects import projects_page
from console.pages.stage import stage_page
from console.pages.step import step_page
from console.pages.version import version_page
from console.serving.page import Act, MakePage

ADDRESSES: tuple[tuple[str, MakePage], ...] = (
    ("/", projects_page),
    ("/projects/{group}", project_page),
    ("/projects/{group}/events", events_page),
    ("/projects/{group}/stages/{stage}", stage_page),
    ("/projects/{group}/stages/{stage}/ask", ask_page),
    ("/projects/{group}/steps/{name}", step_page),
    ("/projects/{group}/versions/{number}", version_page),
)
# What forms are sent to.
ACTIONS: tuple[tuple[str, Act], ...] = (
    ("/projects/{group}/stages/{stage}/ask", ask_endpoint),
    ("/projects/{group}/versions/{number}/decision/ask", ask_decision),
    ("/projects/{group}/versions/{number}/decision", take_decision),
)
