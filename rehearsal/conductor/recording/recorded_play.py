"""Records a play from its first act to its last, and writes the file, whatever became of it."""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from rehearsal.conductor.recording.console_pages import ConsolePages
from rehearsal.conductor.recording.file_writer import write_file
from rehearsal.conductor.recording.recorder import Recorder
from rehearsal.conductor.recording.recording import Recording
from rehearsal.conductor.recording.thinning import TooLargeError, fit
from rehearsal.conductor.world import World

MOST_BYTES = 2_000_000
_SHORTEST_SECRET = 8


@contextlib.contextmanager
def recorded(
    world: World, file: Path | None, say: Callable[[str], None]
) -> Iterator[Callable[[str], None]]:
    """Record what happens in the block, if there is a file for it.

    Gives what is to be told the title of each act that begins. At the end a sentence is said:
    what was recorded, or why it was not.
    """
    if file is None:
        yield lambda _: None
        return
    pages = ConsolePages(world.console_address)
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    recorder = Recorder(pages, Recording(world.record.version, now), _places(world))
    recorder.start()
    try:
        yield recorder.begin_act
    finally:
        recorder.finish()
        say(keep(recorder, file, [*secrets_of(world), *pages.secrets]))


def secrets_of(world: World) -> list[str]:
    """Whatever lets somebody into this world."""
    record = world.record
    return [
        record.root_secret,
        record.control_token,
        record.console_token,
        *record.tokens.values(),
    ]


def _places(world: World) -> list[tuple[str, str]]:
    """Folders of this machine, which logs may name, and what stands for them."""
    home = Path.home()
    return [(str(world.root), "…"), *([(str(home), "~")] if home.name else [])]


def keep(recorder: Recorder, file: Path, secrets: list[str]) -> str:
    """Write what was recorded; a sentence about that.

    A text that would hold a secret is not written.
    """
    recording, name = recorder.recording, os.path.relpath(file)
    if not recording.moments:
        why = recorder.trouble or "The console showed nothing."
        return f"Nothing was recorded into {name}. {why}"
    try:
        written, gap = fit(recording, write_file, MOST_BYTES)
    except TooLargeError as error:
        return f"{name} was not written. {error}"
    text = written.decode()
    if any(secret in text for secret in secrets if len(secret) >= _SHORTEST_SECRET):
        return f"{name} was not written, since a page of the console shows a secret."
    try:
        _draft(file, written).replace(file)
    except OSError as error:
        return f"{name} was not written: {error.strerror}."
    size = f"{len(written) / 1e6:.1f} MB"
    told = f"Recorded {len(recording.pages)} pages, which changed {recording.moments} times: "
    thinned = f", a moment in {gap:g} s so that it stays small" if gap else ""
    return " ".join(filter(None, [f"{told}{name}, {size}{thinned}.", recorder.trouble]))


def parse_file(
    _context: click.Context, _parameter: click.Parameter, file: Path | None
) -> Path | None:
    """Read the option, and refuse what could not be written at the end, before a play begins."""
    if file is not None:
        try:
            _draft(file, b"").unlink()
        except OSError as error:
            raise click.BadParameter(f"{file} cannot be written: {error.strerror}.") from None
    return file and file.resolve()


def _draft(file: Path, content: bytes) -> Path:
    draft = file.with_name(f".{file.name}.new")
    draft.write_bytes(content)
    return draft
