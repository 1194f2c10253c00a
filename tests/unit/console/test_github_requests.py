"""How much an open page of a project asks GitHub, which counts 5,000 requests of a person an hour.

One that is answered by 304, since nothing changed, is not counted.
Source: https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from console.asking.account import IMPATIENT
from console.asking.answers import Answer, Answers
from console.asking.github_reads import read_github
from console.asking.unchanging import Unchanging
from console.pages.project import project_page
from console.serving.page import Visit, look_at
from operations.github_access import open_github
from tests.console.made_up_answers import GROUP, NAME
from tests.loopback import Answering, address_of, serving
from tests.unit.console.asking.clock import Clock
from tests.unit.console.asking.later import Later
from tests.unit.console.counted_account import counted_account

_BUILD, _DEPLOY = f"{NAME}-build", f"{NAME}-deploy"
_STAGES = b"stages: [{name: dev, approval: automatic, serving: {mode: serverless}}]"
_MINUTE_SECONDS, _SLOWEST_SECONDS, _UNDER_WAY_SECONDS = 60, 10, 5
_NOT_MODIFIED = 304


class _Github(ThreadingHTTPServer):
    """Two repositories with runs."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.runs = {name: [_run(9 - number) for number in range(9)] for name in (_BUILD, _DEPLOY)}
        self.asked: Counter[tuple[str, int]] = Counter()

    def take(self) -> dict[tuple[str, int], int]:
        """What was asked since this was asked, by kind and status."""
        asked, self.asked = self.asked, Counter()
        return dict(asked)


def _run(number: int, status: str = "completed") -> dict[str, Any]:
    moment = "2026-11-27T04:00:00Z"
    return {
        "id": number, "display_title": f"Change {number}", "name": "Build", "status": status,
        "conclusion": "success" if status == "completed" else None, "head_sha": "0" * 40,
        "html_url": "https://github.example/run", "run_started_at": moment, "updated_at": moment,
    }  # fmt: skip


class _Answers(Answering):
    server: _Github

    def answer(self) -> None:
        address = urlsplit(self.path)
        _, _, repository, rest = address.path.split("/repos/")[1].join(["/", ""]).split("/", 3)
        if rest == "actions/runs":
            most = int(parse_qs(address.query).get("per_page", ["30"])[0])
            told: Any = {"workflow_runs": self.server.runs[repository][:most]}
        else:
            content = base64.b64encode(_STAGES).decode()
            told = {"type": "file", "encoding": "base64", "content": content}
        body = json.dumps(told).encode()
        tag = f'W/"{hashlib.sha256(body).hexdigest()}"'
        is_known = self.headers.get("If-None-Match") == tag
        status = 304 if is_known else 200
        self.server.asked[f"{repository} {rest}", status] += 1
        self.say(status, b"" if is_known else body, {"ETag": tag})


class _OpenPage:
    """A page of a project that stays open."""

    def __init__(self, github: _Github) -> None:
        self.github, self.clock, self._later = github, Clock(), Later()
        account = counted_account()
        settings = {"GITHUB_SERVER_URL": address_of(github), "GH_TOKEN": "testing"}
        account.access = open_github(settings, retry=IMPATIENT, pause_seconds=0.0)
        for kept in (value for value in vars(account).values() if isinstance(value, Unchanging)):
            kept.clock = self.clock
        self._page = project_page(Visit(account, {"group": GROUP}))
        self._answers = Answers(self._later, lambda: None, self.clock)

    def pass_seconds(self, seconds: int) -> None:
        """Look each second, as the stream does."""
        for _ in range(seconds):
            for panel in self._page.panels:
                look_at(panel, self._answers)
            self._later.run()
            self.clock.now += 1

    @property
    def runs(self) -> Any:
        """The runs that it shows."""
        return self._shown.value

    @property
    def lines(self) -> Sequence[str]:
        """What it says of runs that it cannot learn."""
        return self._shown.lines

    @property
    def _shown(self) -> Answer:
        [panel] = [panel for panel in self._page.panels if panel.name == "runs"]
        return look_at(panel, self._answers)["runs"]


@contextmanager
def _opened() -> Iterator[_OpenPage]:
    with serving(_Github()) as github:
        page = _OpenPage(github)
        page.pass_seconds(_MINUTE_SECONDS)
        github.take()
        yield page


def _counted(asked: Mapping[tuple[str, int], int]) -> int:
    return sum(count for (_, status), count in asked.items() if status != _NOT_MODIFIED)


def test_where_nothing_goes_on_nothing_is_counted() -> None:
    with _opened() as page:
        page.pass_seconds(_MINUTE_SECONDS)
        asked = page.github.take()
    assert _counted(asked) == 0, asked
    assert sum(asked.values()) <= 14, asked
    assert [run.title for run in page.runs.build] == [f"Change {9 - n}" for n in range(9)]


def test_while_a_run_is_under_way_its_changes_are_counted() -> None:
    """Before, it was 32 requests a minute, and each was counted."""
    with _opened() as page:
        page.github.runs[_BUILD].insert(0, _run(10, "in_progress"))
        page.pass_seconds(_SLOWEST_SECONDS)
        assert page.runs.build[0].is_running
        page.github.take()
        for minute in range(3):
            page.github.runs[_BUILD][0]["updated_at"] = f"2026-11-27T04:0{minute + 1}:00Z"
            page.pass_seconds(_MINUTE_SECONDS)
            asked = page.github.take()
            assert _counted(asked) == 1, asked
            assert sum(asked.values()) <= 20, asked


@pytest.mark.parametrize("name", [_BUILD, _DEPLOY])
def test_what_is_kept_hides_no_change(name: str) -> None:
    def newest() -> Any:
        return (page.runs.build if name == _BUILD else page.runs.deploy)[0]

    with _opened() as page:
        page.github.runs[name].insert(0, _run(10, "in_progress"))
        page.pass_seconds(_SLOWEST_SECONDS + 1)
        assert (newest().title, newest().state) == ("Change 10", "in_progress")
        page.github.runs[name][0] = _run(10)
        page.pass_seconds(_UNDER_WAY_SECONDS + 1)
        assert newest().state == "success"
        # While a run is under way in one repository, one of the other shows as soon as before.
        page.github.runs[name][0] = _run(10, "queued")
        page.pass_seconds(_SLOWEST_SECONDS + 1)
        other = _DEPLOY if name == _BUILD else _BUILD
        page.github.runs[other].insert(0, _run(11, "queued"))
        page.pass_seconds(_SLOWEST_SECONDS + _UNDER_WAY_SECONDS)
        assert {run.title for run in (page.runs.build[0], page.runs.deploy[0])} == {
            "Change 10",
            "Change 11",
        }


def test_a_refusal_is_a_line_although_the_answer_before_is_kept() -> None:
    with _opened() as page:
        page.github.shutdown()
        page.github.server_close()
        page.pass_seconds(2 * _SLOWEST_SECONDS)
        assert page.lines


def test_of_many_answers_the_oldest_are_forgotten() -> None:
    with serving(_Github()) as github:
        kept = Unchanging(most=2)
        settings = {"GITHUB_SERVER_URL": address_of(github), "GH_TOKEN": "testing"}
        client = open_github(settings, pause_seconds=0.0).client
        paths = [f"/repos/octo/{_BUILD}/actions/runs?per_page={most}" for most in (1, 2, 3, 1, 3)]
        sizes = [len(read_github(client, kept, path)["workflow_runs"]) for path in paths]
    assert sizes == [1, 2, 3, 1, 3]
    assert github.take() == {(f"{_BUILD} actions/runs", 200): 4, (f"{_BUILD} actions/runs", 304): 1}
