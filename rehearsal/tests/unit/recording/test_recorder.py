"""What the recorder asks for, and that nothing that fails in it fails the play."""

from __future__ import annotations

from collections import Counter

import requests

from rehearsal.conductor.recording.recorder import Recorder
from rehearsal.conductor.recording.recording import Frame, Recording

_HEAD = '<head><link rel="stylesheet" href="/static/style.css"></head>'
_PROJECT = "/projects/made-up-p-abcdefghijkl"


def _page(title: str, markup: str) -> str:
    section = f'<section id="one" class="panel">{markup}</section>'
    return f"<html>{_HEAD}<body><main><h1>{title}</h1>{section}</main></body></html>"


class MadeUpConsole:
    """Answers with made-up pages."""

    def __init__(self) -> None:
        links = "".join(f'<a href="{_PROJECT}/stages/{name}">{name}</a>' for name in "abcdefgh")
        self.pages = {
            "/": _page("Projects", f'<a href="{_PROJECT}">made-up</a>'),
            _PROJECT: _page("made-up", f'{links}<a href="/gone">gone</a>'),
            **{f"{_PROJECT}/stages/{name}": _page(name, name) for name in "abcdefgh"},
            "/static/style.css": "p { color: red }",
        }
        self.asked: Counter[str] = Counter()
        self.fails = False
        self.is_closed = False

    def enter(self) -> None:
        if self.fails:
            raise requests.ConnectionError

    def read(self, address: str) -> str | None:
        if self.fails:
            raise requests.ConnectionError
        self.asked[address] += 1
        return self.pages.get(address)

    def close(self) -> None:
        self.is_closed = True


def _recorder(console: MadeUpConsole) -> Recorder:
    moments = iter(range(10_000))
    return Recorder(
        console,
        Recording("0.1.0", "2026-12-01"),
        [("/home/somebody", "~")],
        clock=lambda: float(next(moments)),
        pause_seconds=0.001,
    )


def test_pages_are_found_by_links_and_styles_are_read_once() -> None:
    console = MadeUpConsole()
    recorder = _recorder(console)
    for _ in range(4):
        recorder.look()
    recorded = recorder.recording
    assert set(recorded.pages) == {one for one in console.pages if one != "/static/style.css"}
    assert recorded.styles == {"/static/style.css": "p { color: red }"}
    assert console.asked["/static/style.css"] == 1


def test_what_moves_is_asked_each_round_and_the_rest_in_turn() -> None:
    console = MadeUpConsole()
    recorder = _recorder(console)
    for _ in range(4):
        recorder.look()
    running = f"{_PROJECT}/stages/a"
    box = f'<li class="box running"><a href="{running}">a</a><small>on its way</small></li>'
    console.pages[_PROJECT] = console.pages[_PROJECT].replace("</section>", f"{box}</section>")
    for _ in range(8):
        recorder.look()
    console.asked.clear()
    for _ in range(16):
        recorder.look()
    assert console.asked[_PROJECT] == console.asked[running] == 16
    resting = [console.asked[f"{_PROJECT}/stages/{name}"] for name in "bcdefgh"]
    assert max(resting) <= 12
    assert min(resting) >= 6


def test_a_change_is_a_frame_at_its_moment_and_folders_of_the_machine_are_not_named() -> None:
    console = MadeUpConsole()
    recorder = _recorder(console)
    recorder.look()
    console.pages["/"] = _page("Projects", "at /home/somebody/clone")
    recorder.look()
    first, second = recorder.recording.pages["/"].frames
    assert second.at > first.at
    assert second == Frame(
        second.at, {"one": '<section id="one" class="panel">at ~/clone</section>'}
    )


def test_a_whole_recording_has_acts_and_the_last_look_at_every_page() -> None:
    console = MadeUpConsole()
    recorder = _recorder(console)
    recorder.start()
    recorder.begin_act("Start")
    recorder.finish()
    assert [title for _, title in recorder.recording.acts] == ["Start"]
    assert recorder.recording.seconds > 0
    assert _PROJECT in recorder.recording.pages
    assert console.is_closed
    assert recorder.trouble == ""


def test_a_console_that_is_not_up_yet_is_no_trouble_and_one_that_fails_is_told() -> None:
    console = MadeUpConsole()
    recorder = _recorder(console)
    console.fails = True
    recorder.start()
    recorder.finish()
    assert recorder.trouble == ""
    console.fails = False
    again = _recorder(console)
    again.look()
    console.fails = True
    again.start()
    again.finish()
    assert again.trouble == "The console once gave no answer (ConnectionError)."


def test_a_fault_of_the_recorder_is_told_and_raised_to_nobody() -> None:
    console = MadeUpConsole()
    console.pages = None  # type: ignore[assignment] # what no console does
    recorder = _recorder(console)
    recorder.start()
    recorder.finish()
    assert recorder.trouble.startswith("The recorder failed: AttributeError: ")
