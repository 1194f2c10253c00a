"""A small picture of one metric over time: a column for each period that has a value."""

from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from console.asking.requests_seen import HOURS, Series

_COLUMN, _HEIGHT = 4, 40
# What is not nothing can be seen.
_LEAST = 1.5


def summary(series: Series) -> str:
    """What the picture shows, in words."""
    metric, values = series.metric, [value for value in series.values if value]
    if not values:
        return f"none in {HOURS} hours"
    if metric.is_count:
        return f"{sum(values):,.0f} in {HOURS} hours, at most {max(values):,.0f} in 5 minutes"
    middle = sum(values) / len(values)
    return f"{middle:,.1f} {metric.unit}, at most {max(values):,.1f} {metric.unit} in 5 minutes"


def draw(series: Series) -> Markup:
    """Draw the metric from the left to the right, up to now."""
    width = _COLUMN * len(series.values)
    picture = Element(
        "svg", {"viewBox": f"0 0 {width} {_HEIGHT}", "role": "img", "class": "sparkline"}
    )
    SubElement(picture, "title").text = f"{series.metric.title}: {summary(series)}"
    highest = max((value for value in series.values if value), default=0.0)
    for position, value in enumerate(series.values):
        if not value:
            continue
        height = max(value / highest * (_HEIGHT - 1), _LEAST)
        SubElement(
            picture,
            "rect",
            {
                "x": f"{position * _COLUMN}",
                "y": f"{_HEIGHT - height:.1f}",
                "width": f"{_COLUMN - 1}",
                "height": f"{height:.1f}",
            },
        )
    SubElement(picture, "path", {"d": f"M0 {_HEIGHT}H{width}", "class": "ground"})
    return Markup(tostring(picture, encoding="unicode"))  # noqa: S704 # ElementTree escapes
