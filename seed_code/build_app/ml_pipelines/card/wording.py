"""Names and numbers as people read them."""

from __future__ import annotations

from ml_pipelines.card.report import Group, Metric

# As in source_scripts/metrics.py, which only jobs import.
METRIC_TITLES = {
    "mse": "mean squared error",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
    "r2": "R²",
    "auc": "AUC",
    "au_prc": "average precision",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "weighted_f1": "weighted F1",
    "macro_f1": "macro F1",
    "log_loss": "log loss",
}
SMALLER_IS_BETTER = ("mse", "rmse", "mae", "log_loss")
MINUS, ELLIPSIS = "\u2212", "…"


def title_of(metric: str) -> str:
    """A metric's name in words; one that we do not know keeps its own."""
    return METRIC_TITLES.get(metric, metric)


def sentence(text: str) -> str:
    """The text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def number(value: float, digits: int = 4) -> str:
    """A number with so many significant digits."""
    return f"{value:.{digits}g}".replace("-", MINUS)


def signed(value: float) -> str:
    """A difference."""
    return f"+{number(value)}" if value > 0 else number(value)


def percent(share: float) -> str:
    """A share."""
    return f"{number(100 * share, 3)} %"


def optional(value: float | None) -> str:
    """A number that is not always defined."""
    return "not defined" if value is None else number(value)


def interval(metric: Metric) -> str:
    """The confidence interval, if there is one."""
    if metric.confidence_interval is None:
        return ""
    return " to ".join(number(bound) for bound in metric.confidence_interval)


def group_name(group: Group) -> str:
    """What the records of a group have in common."""
    if group.name is not None or group.lowest is None or group.highest is None:
        return group.name or ""
    if group.lowest == group.highest:
        return number(group.lowest)
    return f"{number(group.lowest)} to {number(group.highest)}"


def passes(metric: str, value: float, threshold: float) -> bool:
    """Whether a value is good enough."""
    return value <= threshold if metric in SMALLER_IS_BETTER else value >= threshold


def cut(text: str, longest: int) -> str:
    """A text that fits into a picture; what no printer knows is replaced."""
    shown = printable(text)
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}{ELLIPSIS}"


def printable(text: str) -> str:
    """The text without control characters, marks of direction and halves of pairs."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)
