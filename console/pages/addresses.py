"""The pages and their addresses."""

from console.pages.decisions import ask_decision, take_decision
from console.pages.project import project_page
from console.pages.projects import projects_page
from console.pages.version import version_page
from console.serving.page import Act, MakePage

ADDRESSES: tuple[tuple[str, MakePage], ...] = (
    ("/", projects_page),
    ("/projects/{group}", project_page),
    ("/projects/{group}/versions/{number}", version_page),
)
# What forms are sent to.
ACTIONS: tuple[tuple[str, Act], ...] = (
    ("/projects/{group}/versions/{number}/decision/ask", ask_decision),
    ("/projects/{group}/versions/{number}/decision", take_decision),
)
