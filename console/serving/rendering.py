"""Templates to text: whatever AWS or GitHub says is escaped, and shown without its controls."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from console.words.links import link
from console.words.shown import duration, minute, printable, segment
from console.words.states import in_words, state_of
from console.words.versions import with_numbers

_FOLDER = Path(__file__).resolve().parents[1] / "templates"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "minute": minute,
        "duration": duration,
        "printable": printable,
        "segment": segment,
        "link": link,
        "state": state_of,
        "with_numbers": with_numbers,
        "words": in_words,
    }
    return made


def render(template: str, shown: Mapping[str, Any]) -> str:
    """Render a template of the folder `templates`."""
    return _environment().get_template(template).render(shown)
