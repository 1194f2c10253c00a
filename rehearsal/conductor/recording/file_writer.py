"""Writes a recording as one HTML file that needs nothing else, and does not act.

A content security policy in the file lets a browser run our one script and use our one style sheet,
by their hashes, and load nothing from anywhere.
"""

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from rehearsal.conductor.recording.deltas import changes
from rehearsal.conductor.recording.recording import RecordedPage, Recording

_FOLDER = Path(__file__).parent
_POLICY = (
    "default-src 'none'; style-src '{style}'; script-src '{script}'; img-src data:; "
    "form-action 'none'; base-uri 'none'"
)


def write_file(recording: Recording) -> bytes:
    """The HTML of a recording."""
    style = "\n".join([*recording.styles.values(), _read("player.css")])
    script = _read("player.js")
    policy = _POLICY.format(style=_hash(style), script=_hash(script))
    page = Template(_read("player.html")).substitute(
        policy=escape(policy),
        style=style,
        script=script,
        data=embeddable(_data(recording)),
        began=escape(recording.began),
        version=escape(recording.version),
    )
    return page.encode()


def embeddable(data: Any) -> str:
    """JSON that ends no script element, and begins no comment in one, whatever its texts hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("</", r"<\/").replace("<!", r"\u003c!")


def _data(recording: Recording) -> dict[str, Any]:
    return {
        "seconds": round(recording.seconds, 1),
        "acts": [
            {"at": round(at, 1), "title": title.replace("`", "")} for at, title in recording.acts
        ],
        "pages": [
            {
                "address": address,
                "title": page.title,
                "panels": page.order,
                "frames": _frames(page),
            }
            for address, page in recording.pages.items()
            if page.frames
        ],
    }


def _frames(page: RecordedPage) -> list[Any]:
    shown: dict[str, str] = {}
    found = []
    for frame in page.frames:
        found.append(
            [
                round(frame.at, 1),
                {name: changes(shown.get(name, ""), text) for name, text in frame.panels.items()},
            ]
        )
        shown |= frame.panels
    return found


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
