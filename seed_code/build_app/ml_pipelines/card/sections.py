"""What a card says and shows: the sections of a page of its own, and of pages that embed it."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from ml_pipelines.card.drawing import element
from ml_pipelines.card.executions import Execution
from ml_pipelines.card.gallery import pictures
from ml_pipelines.card.gauge import gauge
from ml_pipelines.card.picture import Picture, Table
from ml_pipelines.card.registry import Version
from ml_pipelines.card.report import Report
from ml_pipelines.card.verdict import against_gate, against_live, headline
from ml_pipelines.card.wording import interval, number, percent, sentence, signed, title_of

_LONGEST_WORD = 30
_TASKS = {
    "regression": "a number is predicted",
    "binary": "one of two classes is predicted",
    "multiclass": "one of several classes is predicted",
}


Subject = Version | Execution


def sections(report: Report, subject: Subject | None = None, level: int = 2) -> list[Element]:
    """Tell what a report says; whoever embeds it names it, and has the style sheet.

    Args:
        report: of the evaluation.
        subject: what it is about, if more is known than the report says.
        level: of the sections' headings, from 2 to 5; those of pictures are one below.
    """
    return [*_first_screen(report, subject, level), *_details(report, level)]


def _first_screen(report: Report, subject: Subject | None, level: int) -> list[Element]:
    gate = subject.gate if subject else None
    name = headline(report, gate)
    metric = report.metrics[name]
    shown = interval(metric)
    return [
        element(
            "section",
            element(
                "div",
                _heading(level, sentence(title_of(name)), class_="metric"),
                element("p", number(metric.value), class_="value"),
                element("p", f"95 % interval: {shown}" if shown else "", class_="note"),
                element("p", against_gate(report, gate)),
                element("p", against_live(report.comparison, name)),
            ),
            _figure(gauge(report, name, gate), level + 1),
            class_="first",
        ),
        element("section", _heading(level, "What was evaluated"), _facts(report, subject)),
    ]


def _facts(report: Report, subject: Subject | None) -> Element:
    facts = [("Task", f"{report.task}: {_TASKS[report.task]}")]
    if report.card:
        facts.append(("Test records", f"{report.card.records:,}"))
    if report.data:
        data = report.data
        facts.append(
            (
                "Data",
                f"{data.records:,} records: {data.train:,} to train, {data.validation:,} to "
                f"validate, {data.test:,} to test",
            )
        )
    if subject:
        facts += subject.facts
    if report.provenance:
        facts += [
            ("SHA-256 of the model", report.provenance.model_sha256),
            ("SHA-256 of the data", report.provenance.data_sha256),
        ]
    if report.comparison and report.comparison.live:
        facts.append(("Live version", report.comparison.live))
    return element(
        "dl",
        *(
            element(
                "div",
                element("dt", name),
                element("dd", element("code", value) if _is_token(value) else value),
                class_="fact",
            )
            for name, value in facts
        ),
    )


def _heading(level: int, text: str, **attributes: str) -> Element:
    return element(f"h{level}", text, **attributes)


def _is_token(value: str) -> bool:
    """Whether a value is for machines: an ARN, a digest, a commit."""
    return " " not in value and len(value) > _LONGEST_WORD


def _details(report: Report, level: int) -> list[Element]:
    shown = pictures(report)
    sections = [element("section", _heading(level, "Metrics"), *_metrics(report))]
    if shown:
        gallery = element(
            "div", *(_figure(picture, level + 1) for picture in shown), class_="gallery"
        )
        sections.append(element("section", _heading(level, "Pictures"), gallery))
    else:
        sections.append(
            element("p", "This report was made before there were cards: it has no pictures.")
        )
    missing = _missing(report)
    if missing:
        table = _table(Table(("column", "records without a value"), missing), "Missing values")
        sections.append(element("section", _heading(level, "Missing values"), table))
    return sections


def _metrics(report: Report) -> list[Element]:
    compared = report.comparison.metrics if report.comparison else {}
    header = ["metric", "value", "95 % interval"]
    header += ["live version", "difference"] if compared else []
    rows = []
    for name, metric in report.metrics.items():
        row = [title_of(name), number(metric.value), interval(metric)]
        if compared:
            found = compared.get(name)
            row += [number(found.live), signed(found.difference)] if found else ["", ""]
        rows.append(row)
    rows += [[title_of(name), "not defined", why] for name, why in report.undefined_metrics.items()]
    filled = [[*row, *[""] * (len(header) - len(row))] for row in rows]
    made = [_table(Table(header, filled), "Metrics")]
    if report.bootstrap:
        note = (
            f"Intervals: {report.bootstrap.resamples:,} bootstrap samples of "
            f"{report.bootstrap.records:,} test records."
        )
        made.append(element("p", note, class_="note"))
    return made


def _missing(report: Report) -> list[tuple[str, str]]:
    if report.data and report.data.missing:
        shares = sorted(report.data.missing.items(), key=lambda item: -item[1])[:30]
        return [(name, percent(share)) for name, share in shares]
    return (
        [(empty.name, percent(empty.share)) for empty in report.card.empty] if report.card else []
    )


def _figure(picture: Picture, level: int) -> Element:
    return element(
        "figure",
        element("figcaption", _heading(level, picture.title), element("p", picture.description)),
        picture.svg(),
        element(
            "details",
            element("summary", "Numbers"),
            _table(picture.table, f"Numbers of {picture.title}"),
        ),
    )


def _table(table: Table, label: str) -> Element:
    head = element("tr", *(element("th", cell, scope="col") for cell in table.header))
    rows = [
        element(
            "tr", element("th", row[0], scope="row"), *(element("td", cell) for cell in row[1:])
        )
        for row in table.rows
    ]
    whole = element("table", element("thead", head), element("tbody", *rows))
    return element("div", whole, class_="table", tabindex="0", role="region", aria_label=label)
