"""An evaluation report as it is read back: everything in it comes from outside.

`source_scripts/quality.py` makes these numbers inside the evaluation job. A report that was made
before there were cards has no `card`, one that never met a live version no `comparison`.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from metrics import SECTIONS
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

LARGEST_REPORT_BYTES = 1_000_000
# A little beyond it, the difference of two numbers is none.
LARGEST_NUMBER = 1e307
Number = Annotated[float, Field(ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0, le=10**15)]
Text = Annotated[str, Field(max_length=200)]
Numbers = Annotated[list[Number], Field(max_length=1000)]
Shares = Annotated[list[Share], Field(max_length=1000)]
Counts = Annotated[list[Count], Field(max_length=1000)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Task = Literal["regression", "binary", "multiclass"]
Verdict = Literal[
    "better",
    "worse",
    "same",
    "no live version",
    "not compared",
    "other columns",
    "another task",
    "could not be asked",
]


class ReportError(ValueError):
    """A report cannot be read; the message says where it is and why."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    def _check_lengths(self, *names: str) -> None:
        if len({len(getattr(self, name)) for name in names}) > 1:
            raise ValueError(f"{' and '.join(names)} differ in length")


class Metric(_Part):
    """One metric with its spread."""

    value: Number
    standard_deviation: Number | None = None
    confidence_interval: tuple[Number, Number] | None = None


class Bootstrap(_Part):
    """How the intervals were made."""

    resamples: Count
    records: Count
    confidence: Share


class Provenance(_Part):
    """What was evaluated: SHA-256 of the model's archive and of the data."""

    model_sha256: Digest
    data_sha256: Digest


class Data(_Part):
    """How many records the data has, and where they went."""

    records: Count
    train: Count
    validation: Count
    test: Count
    missing: dict[Text, Share] = Field(default={}, max_length=2000)


class Compared(_Part):
    """One metric of this version and of the live one, on the same test records."""

    this: Number
    live: Number
    difference: Number


class Comparison(_Part):
    """This version against the one that serves.

    Attributes:
        reason: why they could not be compared; empty if they were.
        overlap: share of the test records that the live version learnt from; None if unknown.
    """

    live: Text | None = None
    verdict: Verdict
    reason: Text = ""
    metrics: dict[Text, Compared] = Field(default={}, max_length=50)
    overlap: Share | None = None


class Residuals(_Part):
    """Histogram of prediction minus label; outermost bins hold all beyond, too."""

    edges: Numbers = Field(min_length=1)
    counts: Counts = Field(min_length=1)
    mean: Number
    lowest: Number
    highest: Number

    @model_validator(mode="after")
    def _has_a_count_for_each_bin(self) -> Self:
        if len(self.counts) != max(len(self.edges) - 1, 1):
            raise ValueError("counts are not one less than edges")
        return self


class Pairs(_Part):
    """Known labels and their predictions."""

    known: Numbers = Field(min_length=1)
    predicted: Numbers

    @model_validator(mode="after")
    def _is_paired(self) -> Self:
        self._check_lengths("known", "predicted")
        return self


class Roc(_Part):
    """True against false positives."""

    false_positive_rate: Shares = Field(min_length=1)
    true_positive_rate: Shares

    @model_validator(mode="after")
    def _is_paired(self) -> Self:
        self._check_lengths("false_positive_rate", "true_positive_rate")
        return self


class PrecisionRecall(_Part):
    """Precision at each recall."""

    recall: Shares = Field(min_length=1)
    precision: Shares
    share_of_positives: Share

    @model_validator(mode="after")
    def _is_paired(self) -> Self:
        self._check_lengths("recall", "precision")
        return self


class Calibration(_Part):
    """How often what was given a probability happened."""

    predicted: Shares = Field(min_length=1)
    observed: Shares
    counts: Counts

    @model_validator(mode="after")
    def _is_paired(self) -> Self:
        self._check_lengths("predicted", "observed", "counts")
        return self


class Thresholds(_Part):
    """What "yes" from another probability on would give."""

    threshold: Shares = Field(min_length=1)
    precision: Shares
    recall: Shares
    f1: Shares
    predicted_positive: Shares
    used: Share

    @model_validator(mode="after")
    def _is_paired(self) -> Self:
        self._check_lengths("threshold", "precision", "recall", "f1", "predicted_positive")
        return self


class Confusion(_Part):
    """Known classes as rows, predicted ones as columns; the last of both may be all others."""

    classes: list[Text] = Field(min_length=1, max_length=50)
    others: Count
    counts: list[Counts]

    @model_validator(mode="after")
    def _is_square(self) -> Self:
        size = len(self.classes) + (self.others > 0)
        if [len(row) for row in self.counts] != [size] * size:
            raise ValueError("counts are not a row and a column for each class")
        return self


class ClassScore(_Part):
    """One class against all others."""

    name: Text
    records: Count
    precision: Share | None = None
    recall: Share | None = None
    auc: Share | None = None


class ImportantColumn(_Part):
    """How much worse the model becomes when this column is shuffled."""

    name: Text
    type: Text
    increase: Number
    deviation: Number


class Importance(_Part):
    """Which columns the model looks at."""

    loss: Text
    before: Number
    records: Count
    repeats: Count
    used_columns: Count
    shuffled_columns: Count
    columns: list[ImportantColumn] = Field(max_length=100)


class Group(_Part):
    """Records alike in one column: of one name, or within a range."""

    name: Text | None = None
    lowest: Number | None = Field(default=None, alias="from")
    highest: Number | None = Field(default=None, alias="to")
    records: Count
    error: Number


class GroupedErrors(_Part):
    """The error in each group of records."""

    column: Text
    type: Text
    groups: list[Group] = Field(min_length=1, max_length=50)


class Empty(_Part):
    """How many test records lack a value of a column."""

    name: Text
    share: Share


class Card(_Part):
    """The numbers of the pictures."""

    records: Count
    residuals: Residuals | None = None
    predicted_against_known: Pairs | None = None
    confusion: Confusion | None = None
    roc: Roc | None = None
    precision_recall: PrecisionRecall | None = None
    calibration: Calibration | None = None
    thresholds: Thresholds | None = None
    classes: list[ClassScore] = Field(default=[], max_length=50)
    importance: Importance | None = None
    errors: list[GroupedErrors] = Field(default=[], max_length=50)
    empty: list[Empty] = Field(default=[], max_length=100)


Metrics = Annotated[dict[Text, Metric], Field(max_length=50)]


class Report(_Part):
    """All of `evaluation.json` that a card shows."""

    task: Task = "regression"
    regression_metrics: Metrics = {}
    binary_classification_metrics: Metrics = {}
    multiclass_classification_metrics: Metrics = {}
    undefined_metrics: dict[Text, Text] = Field(default={}, max_length=50)
    bootstrap: Bootstrap | None = None
    provenance: Provenance | None = None
    data: Data | None = None
    comparison: Comparison | None = None
    card: Card | None = None

    @property
    def metrics(self) -> dict[str, Metric]:
        """The section of the task."""
        section: dict[str, Metric] = getattr(self, SECTIONS[self.task])
        return section


def parse_report(content: bytes, place: str) -> Report:
    """Read `evaluation.json`.

    Raises:
        ReportError: it is not what the pipeline writes.
    """
    remedy = "build the model again with the present version of this repository"
    if len(content) > LARGEST_REPORT_BYTES:
        raise ReportError(f"{place} is larger than {LARGEST_REPORT_BYTES:,} bytes; {remedy}.")
    try:
        report = Report.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        parts = (str(part) for part in first["loc"])
        member = ".".join(part if part.isprintable() else repr(part) for part in parts)
        why = first["msg"].removeprefix("Value error, ")
        said = f"{member[:100] or 'JSON'} ({why[:200]})"
        raise ReportError(f"{place} has no usable {said}; {remedy}.") from None
    if not report.metrics:
        raise ReportError(f"{place} has no metric of the task {report.task}; {remedy}.")
    return report
