"""One evaluation report as one page: no script, nothing loaded, one style sheet named by digest."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from xml.etree.ElementTree import Element, tostring

from ml_pipelines.card.drawing import element
from ml_pipelines.card.report import Report
from ml_pipelines.card.sections import Subject, sections
from ml_pipelines.card.wording import sentence

STYLE = Path(__file__).with_name("style.css")


def page(report: Report, subject: Subject | None = None) -> str:
    """Render a report.

    Args:
        report: of the evaluation.
        subject: what it is about, if more is known than the report says.
    """
    name = subject.title if subject else "Evaluation report"
    standing = subject.standing if subject else "a report without a version"
    style = STYLE.read_text(encoding="utf-8")
    document = element(
        "html",
        _head(f"Model card: {name}", style),
        element(
            "body",
            element(
                "header",
                element("h1", name),
                element("p", sentence(standing), class_="note"),
            ),
            element("main", *sections(report, subject)),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{tostring(document, encoding='unicode', method='html')}\n"


def _head(title: str, style: str) -> Element:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return element(
        "head",
        element("meta", charset="utf-8"),
        _meta("viewport", "width=device-width, initial-scale=1"),
        _meta("color-scheme", "light dark"),
        element(
            "meta",
            http_equiv="Content-Security-Policy",
            content=f"default-src 'none'; style-src 'sha256-{digest}'",
        ),
        element("title", title),
        _style(style),
    )


def _style(text: str) -> Element:
    made = Element("style")
    made.text = text  # as it is: its digest stands in the policy
    return made


def _meta(name: str, content: str) -> Element:
    return element("meta", name=name, content=content)
