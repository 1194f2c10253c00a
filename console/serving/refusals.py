"""Pages of one sentence."""

from starlette.responses import HTMLResponse

from console.serving.rendering import render


def refuse(status: int, sentence: str, *, go_to: str = "") -> HTMLResponse:
    """Say one thing.

    Args:
        status: of HTTP.
        sentence: what is wrong and what to do.
        go_to: a page that follows at once.
    """
    text = render("sentence.html", {"sentence": sentence, "go_to": go_to})
    return HTMLResponse(text, status)
