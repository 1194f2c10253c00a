"""Reads a page of the console: its panels, without what would act, and where its links lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser

# What the console shows as long as nothing of a panel is known.
_UNKNOWN = '<p class="note">Asking …</p>'
# Classes of what may look different in a second.
_RUNNING = frozenset({"running", "under-way"})
_CONTROLS = frozenset({"button", "input", "select", "textarea"})
# By which a form would send something, now or by itself.
_SENDING = frozenset({"action", "method", "formaction", "autofocus"})

Attributes = Sequence[tuple[str, str | None]]


@dataclass(frozen=True)
class ReadPage:
    """What a page shows.

    Args:
        title: its heading.
        panels: the markup of each, by its id, from top to bottom; a panel of which nothing is
            known yet is None.
        links: addresses of the console that panels lead to.
        running: those of them that stand beside, or are, something that runs.
        styles: addresses of its style sheets.
    """

    title: str
    panels: dict[str, str | None]
    links: tuple[str, ...]
    running: frozenset[str]
    styles: tuple[str, ...]


def read_page(text: str) -> ReadPage:
    """Read a page as the console answers with it.

    In the panels, fields that nobody sees (a form's secret among them) are left out, controls are
    disabled, forms have no address, a link to another page becomes a fragment, `#/projects/…`, and
    any other link leads nowhere.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    shown = {name: "".join(parts) for name, parts in reader.panels.items()}
    return ReadPage(
        unescape("".join(reader.title)).strip(),
        {name: None if _UNKNOWN in text else text for name, text in shown.items()},
        tuple(dict.fromkeys(reader.links)),
        frozenset(reader.running),
        tuple(dict.fromkeys(reader.styles)),
    )


class _Reader(HTMLParser):
    """Writes every panel anew, tag by tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.title: list[str] = []
        self.panels: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.running: set[str] = set()
        self.styles: list[str] = []
        self._is_title = self._runs = False
        self._depth = 0
        self._leads_to = ""
        self._panel: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and given.get("rel") == "stylesheet":
            self.styles.append(given.get("href") or "")
        self._is_title = self._is_title or (tag == "h1" and self._panel is None)
        if tag == "section":
            if self._depth == 0:
                self._panel = self.panels.setdefault(given.get("id") or "", [])
            self._depth += 1
        self._runs = self._runs or not _RUNNING.isdisjoint((given.get("class") or "").split())
        self._write(self._harmless(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._write(self._harmless(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self._is_title = self._is_title and tag != "h1"
        self._write(f"</{tag}>")
        if tag == "a":
            # Its box or row began after the link before; a step of a picture is within its link.
            self.running |= {self._leads_to} if self._runs and self._leads_to else set()
            self._runs = False
        if tag == "section":
            self._depth -= 1
            if self._depth == 0:
                self._panel = None

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def _write(self, text: str) -> None:
        if self._panel is not None:
            self._panel.append(text)
        elif self._is_title and not text.startswith("<"):
            self.title.append(text)

    def _harmless(self, tag: str, attrs: Attributes) -> str:
        if tag == "a":
            return _written(tag, self._link(attrs))
        if tag == "input" and ("type", "hidden") in attrs:
            return ""
        if tag == "form" or tag in _CONTROLS:
            kept = [(name, value) for name, value in attrs if name not in _SENDING]
            return _written(tag, [*kept, ("disabled", None)] if tag in _CONTROLS else kept)
        return self.get_starttag_text() or ""

    def _link(self, attrs: Attributes) -> Attributes:
        address = dict(attrs).get("href") or ""
        kept = [(name, value) for name, value in attrs if name != "href"]
        page, _, _ = address.partition("#")
        if not page.startswith("/") or page.startswith("//") or "?" in page:
            self._leads_to = ""
            return [*kept, ("role", "link"), ("aria-disabled", "true")]
        self._leads_to = page
        if self._panel is not None:
            self.links.append(page)
        return [*kept, ("href", f"#{page}")]


def _written(tag: str, attrs: Attributes) -> str:
    shown = (name if value is None else f'{name}="{escape(value)}"' for name, value in attrs)
    return f"<{' '.join([tag, *shown])}>"
