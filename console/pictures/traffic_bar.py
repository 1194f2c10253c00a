"""Who gets the requests of an endpoint, as one bar that changes while a version takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from console.asking.endpoint import Endpoint, title_of
from console.words.shown import printable

_WIDTH, _HEIGHT = 600, 28
_NEW = "Creating"


@dataclass(frozen=True)
class Part:
    """A part of the bar.

    Args:
        name: of what gets the requests.
        share: of them, 0 to 1.
        state: `serves`, or `takes-over` while that is under way.
    """

    name: str
    share: float
    state: str = "serves"

    @property
    def text(self) -> str:
        """For the legend."""
        return f"{self.name}: {100 * self.share:.0f} % of the requests"


def parts_of(endpoint: Endpoint) -> Sequence[Part]:
    """The parts, or none as long as SageMaker does not tell how the requests are shared out.

    An endpoint that is made for the first time gets no request yet.
    """
    if endpoint.status == _NEW:
        return []
    deployment = endpoint.deployment
    if deployment is None:
        return [Part(one.name, one.share) for one in endpoint.variants if one.share is not None]
    share = deployment.share
    if share is None:
        return []
    return [
        Part(title_of(endpoint), 1.0 - share),
        Part(title_of(deployment), share, "takes-over"),
    ]


def draw(parts: Sequence[Part]) -> Markup:
    """Draw the bar; what it shows stands in its title, too."""
    picture = Element(
        "svg",
        {
            "viewBox": f"0 0 {_WIDTH} {_HEIGHT}",
            "preserveAspectRatio": "none",
            "role": "img",
            "class": "traffic",
        },
    )
    SubElement(picture, "title").text = printable("; ".join(part.text for part in parts))
    left = 0.0
    for part in parts:
        width = part.share * _WIDTH
        SubElement(
            picture,
            "rect",
            {
                "x": f"{left:g}",
                "y": "0",
                "width": f"{width:g}",
                "height": f"{_HEIGHT}",
                "class": part.state,
            },
        )
        left += width
    return Markup(tostring(picture, encoding="unicode"))  # noqa: S704 # ElementTree escapes
