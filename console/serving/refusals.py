"""Pages of one sentence, and what becomes one while it is open."""

from starlette.responses import HTMLResponse

from console.errors import Absent
from console.serving.rendering import render


def refuse(
    status: int, sentence: str, *, go_to: str = "", way: tuple[str, str] = ("/", "the projects")
) -> HTMLResponse:
    """Say one thing.

    Args:
        status: of HTTP.
        sentence: what is wrong and what to do.
        go_to: a page that follows at once.
        way: address and name of the page to go on from, if none follows.
    """
    text = render("sentence.html", {"sentence": sentence, "go_to": go_to, "way": way})
    return HTMLResponse(text, status)


def refuse_absent(absent: Absent) -> HTMLResponse:
    """Say that what an address names is not there."""
    return refuse(404, absent.sentence, way=(absent.address, absent.name))


def absent_content(absent: Absent) -> str:
    """The same as the content of a page that is open."""
    shown = {"sentence": absent.sentence, "go_to": "", "way": (absent.address, absent.name)}
    return render("said.html", shown)
