"""What a record of a version is made of, so that a person can fill one in and ask an endpoint.

Three sources, the best that can be had: `dataset.toml` of the version's commit has the type of each
column and its values; the version's model card has the columns' names; a record that the pipeline
itself sent shows how many there are. If they do not fit together, a person writes a line of CSV.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dataset import REFUSE, Column, Dataset
from pydantic import BaseModel, ConfigDict, ValidationError
from records import write_records

from console.errors import RecordRefusedError
from deploy_endpoint.model.evaluation_report import Sample

MOST_FIELDS = 60
_MOST_OPTIONS = 200
_CUT = "…"
# What a browser takes in a field for numbers: HTML, "valid floating-point number".
_HTML_NUMBER = re.compile(r"-?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)


@dataclass(frozen=True)
class Field:
    """One column.

    Args:
        name: of the column.
        type: number, category, text or identifier; empty if that is not known.
        options: values to choose from; empty if any text is one.
        minimum: of a number; empty if it has none.
        maximum: as above.
    """

    name: str
    type: str = ""
    options: Sequence[str] = ()
    minimum: str = ""
    maximum: str = ""

    @classmethod
    def of(cls, column: Column) -> "Field":
        """A column as `dataset.toml` has it."""
        options = column.values if len(column.values) <= _MOST_OPTIONS else ()
        if options and isinstance(column.empty, str) and column.empty != REFUSE:
            options = (*options, "")
        return cls(
            name=column.name,
            type=column.type,
            options=options,
            minimum=_limit(column.minimum),
            maximum=_limit(column.maximum),
        )

    def control(self, value: str) -> str:
        """How it is filled in: select, number or text.

        A value that a browser would drop silently makes it a text.
        """
        if self.options:
            return "select"
        is_number = self.type == "number" and (not value or _HTML_NUMBER.fullmatch(value))
        return "number" if is_number else "text"

    def offered(self, value: str) -> Sequence[str]:
        """The options, and the value that is there."""
        return self.options if value in self.options else (value, *self.options)


@dataclass(frozen=True)
class RecordForm:
    """How one asks for a prediction of a version.

    Args:
        version: its number; empty if it is not known.
        fields: in the order of a record; empty if a line of CSV is to be written.
        label: what is predicted; empty if that is not known.
        classes: of the label, in order; empty for a number, or if they are not known.
        examples: lines of CSV that the pipeline sent.
        predictions: what it got for them.
        why: why there are no fields; empty if there are.
    """

    version: str = ""
    fields: Sequence[Field] = ()
    label: str = ""
    classes: Sequence[str] = ()
    examples: Sequence[str] = ()
    predictions: Sequence[Sequence[float]] = field(default=(), repr=False)
    why: str = ""

    def example(self, position: int) -> str:
        """One of the examples, going around; empty if there are none."""
        return self.examples[position % len(self.examples)] if self.examples else ""

    def was_predicted(self, line: str) -> Sequence[float]:
        """What the pipeline got for a line; empty if it did not send it."""
        pairs = zip(self.examples, self.predictions, strict=True)
        return next((told for example, told in pairs if example == line), ())

    def values(self, line: str) -> Sequence[str]:
        """The values of a line; empty if it is not one record of this form."""
        rows = rows_of(line)
        return rows[0] if len(rows) == 1 and len(rows[0]) == len(self.fields) else ()


class _Details(BaseModel):
    """What the pipeline writes into a model card of the columns."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    label: str = ""
    classes: str = ""
    columns: str = ""
    unused_columns: str = ""


def details_of(package: Mapping[str, Any]) -> Mapping[str, str]:
    """What the model card of a described version says of its columns; nothing if it has none."""
    content = (package.get("ModelCard") or {}).get("ModelCardContent") or "{}"
    try:
        told = json.loads(content)["additional_information"]["custom_details"]
        return _Details.model_validate(told).model_dump()
    except (KeyError, TypeError, ValueError, RecursionError, ValidationError):
        return _Details().model_dump()


def form_of(
    version: str,
    details: Mapping[str, str],
    sample: Sample | None,
    dataset: Dataset | None,
) -> RecordForm:
    """Put together what is known.

    Args:
        version: number of the version.
        details: of its model card.
        sample: of its evaluation; None if it cannot be read.
        dataset: of its commit; None if it cannot be read.
    """
    examples = tuple(sample.records) if sample else ()
    rows = rows_of(examples[0]) if examples else ()
    width = len(rows[0]) if len(rows) == 1 else 0
    if dataset is not None:
        fields: Sequence[Field] = [Field.of(column) for column in dataset.features]
        label, why = dataset.label, _misfit(len(fields), width)
        classes: Sequence[str] = dataset.classes
    else:
        names, why = _names(details, width)
        fields, label = [Field(name) for name in names], details["label"]
        classes = _listed(details["classes"])
    return RecordForm(
        version=version,
        fields=() if why else fields,
        label=label,
        classes=classes,
        examples=examples,
        predictions=tuple(sample.predictions) if sample else (),
        why=why,
    )


def _misfit(count: int, width: int) -> str:
    if width and width != count:
        return f"dataset.toml has {count} columns, but a record that was sent has {width}"
    return _too_many(count)


def _too_many(count: int) -> str:
    return f"{count} columns are too many for a form" if count > MOST_FIELDS else ""


def _names(details: Mapping[str, str], width: int) -> tuple[Sequence[str], str]:
    """The columns' names by the card, or why they are not known."""
    names = _listed(details["columns"])
    if details["unused_columns"]:
        return (), "the model card does not tell where the columns lie that the model leaves out"
    # A name may have a comma itself, which the number of values shows.
    if not names or len(names) != width or not width:
        return (), _too_many(width) or "the model card does not tell all columns"
    return names, _too_many(len(names))


def _listed(text: str) -> Sequence[str]:
    """The parts of a list; none of one that was cut."""
    return () if not text or text.endswith(_CUT) else tuple(text.split(", "))


def _limit(number: float) -> str:
    return "" if number in (float("inf"), float("-inf")) else repr(float(number))


def rows_of(text: str) -> Sequence[Sequence[str]]:
    """The records of a text; none if it is no CSV."""
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error:
        return []


def body_of(form: RecordForm, given: Mapping[str, str]) -> str:
    """The body of a request, of what a person filled in.

    Args:
        form: that they saw.
        given: the fields `field-0`, `field-1` and so on, or a text `record`.

    Raises:
        RecordRefusedError: nothing was filled in, or another form.
    """
    if "record" in given:
        body = given["record"].replace("\r\n", "\n").strip("\n")
        if not body.strip():
            raise RecordRefusedError("There is no record to send; write one.")
        return body
    if given.get("version", "") != form.version:
        raise RecordRefusedError(
            f"The stage serves version {form.version or 'unknown'} by now, but this form was made "
            f"for version {given.get('version') or 'unknown'}; look at the columns and send it "
            "again."
        )
    values = [given.get(f"field-{position}") for position in range(len(form.fields))]
    filled = [value for value in values if value is not None]
    if not values or len(filled) < len(values):
        raise RecordRefusedError("The form came without some of its fields; load the page again.")
    return write_records([filled]).removesuffix("\r\n")
