"""A push to a git server that answers as told: done once, and known to be done."""

from typing import Any

import pytest

from git_client.errors import (
    BranchMovedError,
    BranchRulesError,
    PushRefusedError,
    UnreadableAnswerError,
)
from git_client.objects import blob
from git_client.pack import encode_pack
from git_client.pkt_line import encode_line
from git_client.remote import Remote
from github_client.answers import GitAnswer
from github_client.api import NOT_READY
from github_client.errors import OutOfTimeError, UnreachableError
from invocation.deadline import Deadline
from tests.unit.functions.invocation_fakes import FakeTime

URL = "https://github.test/octo/x.git"
REPOSITORY = {"full_name": "octo/x", "clone_url": URL}
OLD, NEW, OTHER = "a" * 40, "b" * 40, "c" * 40
LOST = UnreachableError("github.test", "it answered 502")
UNREADABLE = b"<html>"


def _lines(*lines: str) -> bytes:
    return b"".join(encode_line(line.encode()) for line in lines) + b"0000"


def stands(**branches: str) -> bytes:
    """What a server says of its branches."""
    names = [f"{id_} refs/heads/{name}" for name, id_ in branches.items()]
    first, *others = names or [f"{'0' * 40} capabilities^{{}}"]
    return b"001f# service=git-receive-pack\n0000" + _lines(f"{first}\0report-status", *others)


DONE = _lines("unpack ok", "ok refs/heads/main")


def refused(why: str) -> bytes:
    """A report that says no."""
    return _lines("unpack ok", f"ng refs/heads/main {why}")


class _Api:
    """Answers in order; an error is raised."""

    def __init__(self, *script: bytes | Exception, seconds: float = 300.0) -> None:
        self.script = list(script)
        self.asked: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.scopes: frozenset[str] | None = frozenset({"repo"})
        self.time = FakeTime()
        self.deadline = Deadline(self.time.now + seconds, self.time.clock, self.time.sleep)

    def exchange_git(self, method: str, url: str, **more: Any) -> GitAnswer:
        self.asked.append((method, url))
        assert more.pop("not_ready") == NOT_READY
        if method == "POST":
            self.bodies.append(more.pop("body"))
            assert more.pop("content_type") == "application/x-git-receive-pack-request"
        assert not more
        told = self.script.pop(0)
        if isinstance(told, Exception):
            raise told
        return GitAnswer(200, {}, told)


LOOK, PUSH = (
    ("GET", f"{URL}/info/refs?service=git-receive-pack"),
    ("POST", f"{URL}/git-receive-pack"),
)


def _push(*script: bytes | Exception, seconds: float = 300.0, **updates: str) -> _Api:
    api: Any = _Api(stands(main=OLD), *script, seconds=seconds)
    remote = Remote(api, REPOSITORY)
    try:
        remote.push(remote.advertisement(), updates or {"main": NEW}, iter([blob(b"x")]))
    finally:
        assert api.script == []
    found: _Api = api
    return found


def test_a_push_that_is_reported_done_is_done() -> None:
    api = _push(DONE)
    assert api.asked == [LOOK, PUSH]
    line = f"{OLD} {NEW} refs/heads/main\0 report-status agent=mlops-sm-project-template"
    assert api.bodies == [encode_line(line.encode()) + b"0000" + encode_pack([blob(b"x")])]


@pytest.mark.parametrize("answer", [LOST, UNREADABLE, refused("it is locked")])
def test_a_push_that_the_branches_show_to_be_done_is_done(answer: Any) -> None:
    api = _push(answer, stands(main=NEW))
    assert (api.asked, api.time.slept) == ([LOOK, PUSH, LOOK], [])


@pytest.mark.parametrize("answer", [LOST, UNREADABLE])
def test_what_is_left_of_a_push_is_pushed_again(answer: Any) -> None:
    api = _push(answer, stands(main=NEW), answer, stands(main=NEW), DONE, main=NEW, template=NEW)
    assert api.asked == [LOOK, PUSH, LOOK, PUSH, LOOK, PUSH]
    assert api.time.slept == [1.0, 2.0]
    assert [body.count(b"refs/heads/") for body in api.bodies] == [2, 1, 1]
    assert all(encode_pack([blob(b"x")]) in body for body in api.bodies)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (LOST, UnreachableError, "it answered 502"),
        (UNREADABLE, UnreadableAnswerError, r"octo/x cannot be read \(no length where one must"),
    ],
)
def test_a_push_is_given_up_after_five_times(
    answer: Any, error: type[Exception], said: str
) -> None:
    script = [answer, stands(main=OLD)] * 5
    with pytest.raises(error, match=said):
        _push(*script)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (LOST, r"^GitHub at github.test gave no usable answer \(it answered 502\), and the next"),
        (UNREADABLE, r"^The push to octo/x was not answered readably, and the next try"),
    ],
)
def test_a_push_that_there_is_no_time_for_is_left_to_later(answer: Any, why: str) -> None:
    with pytest.raises(OutOfTimeError, match=why) as left:
        _push(answer, stands(main=OLD), answer, stands(main=OLD), seconds=3.0)
    assert left.value.resume_at == FakeTime().now + 3.0
    assert left.value.__cause__ is not None


def test_a_branch_that_somebody_else_moved_is_named() -> None:
    with pytest.raises(BranchMovedError, match=r"^The branch main of octo/x moved"):
        _push(LOST, stands(main=OTHER, template=NEW), main=NEW, template=NEW)
    with pytest.raises(BranchMovedError, match=r"^The branch main and template of octo/x moved"):
        _push(LOST, stands(main=OTHER, template=OTHER), main=NEW, template=NEW)


def test_a_push_that_is_refused_is_not_repeated() -> None:
    with pytest.raises(PushRefusedError, match=r"the push to octo/x \(it is locked\)"):
        _push(refused("it is locked"), stands(main=OLD))


def test_a_push_that_a_rule_forbids_is_not_even_looked_after() -> None:
    with pytest.raises(BranchRulesError, match=r"to octo/x \(protected branch hook declined\)"):
        _push(refused("protected branch hook declined"))


def test_something_else_than_a_git_server_is_named_with_what_it_is_not() -> None:
    api: Any = _Api(b"0000")
    with pytest.raises(UnreadableAnswerError) as unreadable:
        Remote(api, REPOSITORY).advertisement()
    assert "octo/x cannot be read (this is no advertisement of git-receive-pack)" in str(
        unreadable.value
    )
