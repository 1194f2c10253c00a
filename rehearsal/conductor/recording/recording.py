"""What was seen of a console's pages, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Frame:
    """What a page looked like from a moment on.

    Args:
        at: seconds since the play began.
        panels: markup of those that looked different before, by name.
    """

    at: float
    panels: Mapping[str, str]


@dataclass
class RecordedPage:
    """A page and how it changed.

    Args:
        title: its heading, when it was seen last.
        order: its panels, from top to bottom.
        frames: in order; the first one holds every panel that was known then.
    """

    title: str = ""
    order: tuple[str, ...] = ()
    frames: list[Frame] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)

    def note(self, at: float, title: str, panels: Mapping[str, str | None]) -> None:
        """Keep what looks different now; None is a panel of which nothing is known yet."""
        self.title, self.order = title, tuple(panels)
        changed = {
            name: text
            for name, text in panels.items()
            if text is not None and self.shown.get(name) != text
        }
        if changed:
            self.shown |= changed
            self.frames.append(Frame(at, changed))


@dataclass
class Recording:
    """One play.

    Args:
        version: of the template that was played.
        began: when, for people.
        seconds: how long it took.
        acts: when each began, in seconds, and its title.
        pages: by their addresses in the console, in the order in which they were found.
        styles: the console's style sheets, by their addresses.
    """

    version: str
    began: str
    seconds: float = 0.0
    acts: list[tuple[float, str]] = field(default_factory=list)
    pages: dict[str, RecordedPage] = field(default_factory=dict)
    styles: dict[str, str] = field(default_factory=dict)

    @property
    def moments(self) -> int:
        """How often any page changed."""
        return sum(len(page.frames) for page in self.pages.values())
