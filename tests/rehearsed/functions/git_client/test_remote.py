"""Pushes to a real git server, and to one that answers as told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from git_client.errors import (
    BranchMovedError,
    BranchRulesError,
    PushRefusedError,
    UnreadableAnswerError,
    explain_refusal,
)
from git_client.objects import GitObject, Signature, commit, tree
from git_client.pkt_line import FLUSH, FramingError, decode_lines, encode_line
from git_client.receive_pack import parse_report
from git_client.references import Advertisement, parse_advertisement
from git_client.remote import Remote
from github_client.api import GitHubApi
from github_client.errors import (
    MissingPermissionError,
    MissingScopeError,
    OutOfTimeError,
    UnreachableError,
)
from invocation.deadline import Deadline
from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub

ROOT = tree([])
PUSHES = "git-receive-pack$"
PLAIN = Advertisement({}, frozenset({"report-status"}))


def commit_on(*parents: str, message: str = "x") -> GitObject:
    """A commit without files."""
    return commit(ROOT.id, parents, Signature("octo", "o@x", 1), message)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[InProcessGitHub]:
    """GitHub with an empty repository `octo/x`."""
    with InProcessGitHub(tmp_path / "github", validate=False) as github:
        github.rest("POST", "/user/repos", {"name": "x"})
        yield github


def connect(hub: InProcessGitHub, seconds: float = 300, http: Any = None) -> Remote:
    """The repository as git sees it, with so much time left."""
    clock = hub.clock
    api = GitHubApi(
        base_url=hub.github.api_url,
        token=TOKEN,
        http=http or hub,
        deadline=Deadline(clock.seconds() + seconds, clock.seconds, clock.advance),
        random=lambda: 0.5,
    )
    return Remote(api, hub.rest("GET", "/repos/octo/x"))


def test_an_empty_repository_has_no_branches(hub: InProcessGitHub) -> None:
    known = connect(hub).advertisement()
    assert known.references == {}
    assert "atomic" in known.capabilities


def test_a_push_moves_all_branches(hub: InProcessGitHub) -> None:
    remote, made = connect(hub), commit_on()
    remote.push(remote.advertisement(), {"main": made.id, "template": made.id}, [made, ROOT])
    known = remote.advertisement()
    assert known.branch("main") == known.branch("template") == made.id


def test_a_branch_can_begin_at_a_commit_that_is_there(hub: InProcessGitHub) -> None:
    remote, made = connect(hub), commit_on()
    remote.push(remote.advertisement(), {"main": made.id}, [made, ROOT])
    remote.push(remote.advertisement(), {"other": made.id}, [])
    assert remote.advertisement().branch("other") == made.id


def test_a_branch_that_moved_is_not_overwritten_and_no_other_moves(hub: InProcessGitHub) -> None:
    remote, mine, other = connect(hub), commit_on(message="mine"), commit_on(message="other")
    stale = remote.advertisement()
    remote.push(stale, {"main": other.id}, [other, ROOT])
    with pytest.raises(BranchMovedError, match="The branch main of octo/x moved"):
        remote.push(stale, {"main": mine.id, "template": mine.id}, [mine, ROOT])
    known = remote.advertisement()
    assert (known.branch("main"), known.branch("template")) == (other.id, None)


@pytest.mark.parametrize(
    "fault", ["500", "502", "502-after", "404", "429", "403", "reset", "reset-after", "cut", "lost"]
)
def test_a_push_is_done_once_whatever_happens_to_it(hub: InProcessGitHub, fault: str) -> None:
    remote, made = connect(hub), commit_on()
    known = remote.advertisement()
    hub.faults.add(fault, path=PUSHES)  # type: ignore[arg-type]
    remote.push(known, {"main": made.id}, [made, ROOT])
    assert remote.advertisement().branch("main") == made.id


def test_a_push_that_never_gets_through_is_given_up(hub: InProcessGitHub) -> None:
    remote, made = connect(hub), commit_on()
    known = remote.advertisement()
    hub.faults.add("502", path=PUSHES, times=0)
    with pytest.raises(UnreachableError, match="answered 502"):
        remote.push(known, {"main": made.id}, [made, ROOT])


def test_a_push_is_not_tried_again_beyond_the_deadline(hub: InProcessGitHub) -> None:
    remote, made = connect(hub, seconds=5), commit_on()
    known = remote.advertisement()
    hub.faults.add("502", path=PUSHES, times=0)
    with pytest.raises(OutOfTimeError) as caught:
        remote.push(known, {"main": made.id}, [made, ROOT])
    assert caught.value.resume_at > hub.clock.seconds()


def test_a_commit_without_its_tree_is_refused_with_gits_reason(hub: InProcessGitHub) -> None:
    remote = connect(hub)
    made = commit("1" * 40, [], Signature("octo", "o@x", 1), "x")
    with pytest.raises(PushRefusedError, match="GitHub refused the push to octo/x"):
        remote.push(remote.advertisement(), {"main": made.id}, [made])


class Portal:
    """A proxy that answers everything with a page of its own."""

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Answer with HTML."""
        return urllib3.HTTPResponse(b"<html>Please log in</html>", status=200)


def test_something_else_than_a_git_server_is_named(hub: InProcessGitHub) -> None:
    remote = connect(hub, http=Portal())
    with pytest.raises(UnreadableAnswerError, match="check GITHUB_SERVER_URL"):
        remote.advertisement()


@pytest.mark.parametrize(
    ("reason", "words", "kind", "said"),
    [
        (
            "refusing to allow a Personal Access Token to create or update workflow "
            "`.github/workflows/build.yml` without `workflow` scope",
            "",
            MissingScopeError,
            "`workflow`",
        ),
        (
            "refusing to allow an OAuth App to create or update workflow `x` without "
            "`workflow` scope",
            "",
            MissingScopeError,
            "`workflow`",
        ),
        (
            "refusing to allow a GitHub App to create or update workflow `x` without "
            "`workflows` permission",
            "",
            MissingPermissionError,
            "Workflows: write",
        ),
        (
            "push declined due to repository rule violations",
            "error: GH013: Repository rule violations found for refs/heads/main.\n\n"
            "- Changes must be made through a pull request.\n",
            BranchRulesError,
            "Changes must be made through a pull request",
        ),
        ("protected branch hook declined", "", BranchRulesError, "let the token's user bypass"),
        ("pre-receive hook declined", "no\x1b[31m", BranchRulesError, "hook declined; no"),
        ("disk full", "", PushRefusedError, r"\(disk full\); correct what it names"),
    ],
)
def test_a_refusal_names_its_cause(reason: str, words: str, kind: type, said: str) -> None:
    error = explain_refusal("octo/x", [reason], words)
    assert type(error) is kind
    with pytest.raises(kind, match=said):
        raise error
    assert "\x1b" not in str(error)


def test_a_token_without_scopes_is_told_the_permission_whatever_the_server_calls_it() -> None:
    words = "refusing to allow a Personal Access Token to create or update workflow `x` without "
    for lacking in ("`workflow` scope", "`workflows` permission"):
        error = explain_refusal("octo/x", [words + lacking], "", has_scopes=False)
        assert type(error) is MissingPermissionError


def test_a_report_names_the_reason_of_each_branch() -> None:
    lines = [b"unpack ok\n", b"ng refs/heads/main not today\n", b"ok refs/heads/template\n"]
    content = b"".join(map(encode_line, lines)) + FLUSH
    assert parse_report(PLAIN, content).reasons == ("not today",)


def test_a_pack_that_was_not_taken_is_a_reason() -> None:
    content = encode_line(b"unpack index-pack abnormal exit\n") + FLUSH
    assert parse_report(PLAIN, content).reasons == ("unpack index-pack abnormal exit",)


@pytest.mark.parametrize("content", [b"", b"0000", b"zzzz", b"00ffok", b"0003"])
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(FramingError):
        parse_report(PLAIN, content)


@pytest.mark.parametrize("content", [b"", b"0000", b"<html>", encode_line(b"# service=other\n")])
def test_what_is_no_advertisement_is_refused(content: bytes) -> None:
    with pytest.raises(FramingError):
        parse_advertisement(content)


def test_a_line_is_read_back() -> None:
    assert list(decode_lines(encode_line(b"one") + FLUSH + encode_line(b""))) == [b"one", None, b""]


def test_a_line_that_is_too_long_is_refused() -> None:
    with pytest.raises(ValueError, match="65516"):
        encode_line(b"x" * 65517)
