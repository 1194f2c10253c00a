"""What a browser is told with each answer lets the console's own forms in."""

from __future__ import annotations

from console.serving.headers import HEADERS


def test_a_browser_tells_the_origin_of_a_form_of_ours() -> None:
    """With the other policies its origin is `null`: Fetch standard, "append a request Origin"."""
    assert HEADERS["Referrer-Policy"] == "same-origin"
