"""A recording of nothing that ever happened."""

from __future__ import annotations

from rehearsal.checkout import ROOT
from rehearsal.conductor.recording.recording import RecordedPage, Recording

PROJECT = "/projects/made-up-p-abcdefghijkl"
STAGE = f"{PROJECT}/stages/dev"
_STYLE = ROOT / "console" / "static" / "style.css"


def panel(name: str, markup: str) -> str:
    """A panel as the console renders it and the reader leaves it."""
    return f'<section id="{name}" class="panel {name}"><h2>{name}</h2>\n{markup}\n</section>'


def recording() -> Recording:
    """Two acts of ten seconds; a project that changes each second, a stage in the second act."""
    made = Recording("0.1.0", "2026-12-01 12:00 UTC", 20.0)
    made.acts = [(0.0, "Start"), (10.0, "Deploy </script><!-- it")]
    made.styles = {"/static/style.css": _STYLE.read_text(encoding="utf-8")}
    made.pages = {"/": RecordedPage(), PROJECT: RecordedPage(), STAGE: RecordedPage()}
    link = f'<p>To <a href="#{PROJECT}">made-up</a>, <a href="#/nowhere">not recorded</a></p>'
    made.pages["/"].note(1.0, "Projects", {"fleet": panel("fleet", link)})
    for second in range(2, 20):
        made.pages[PROJECT].note(float(second), "made-up", _project(second))
    nothing, version = panel("serves", "<p>nothing yet</p>"), panel("serves", "<p>version 1</p>")
    field = '<label>Field <input value="1" disabled></label>'
    form = panel("ask", f"<form>{field}<button disabled>Ask</button></form>")
    made.pages[STAGE].note(12.0, "Stage dev", {"serves": nothing, "ask": None})
    made.pages[STAGE].note(14.0, "Stage dev", {"serves": version, "ask": form})
    return made


def _project(second: int) -> dict[str, str | None]:
    """A list whose first line goes when a new one comes."""
    lines = "".join(f"<li>second {one} 😀</li>\n" for one in range(max(2, second - 5), second + 1))
    to_stage = panel("stages", f'<p><a href="#{STAGE}">dev</a></p>')
    return {"log": panel("log", f"<ul>{lines}</ul>"), "stages": to_stage}
