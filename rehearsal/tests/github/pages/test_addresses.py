"""Every address for a browser that the REST API hands out opens here, with what it points at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.tests.github.actions.test_reviews import gated
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.pages.reading import Reader, read
from rehearsal.tests.github.served_github import FULL, Answer, ServedGitHub

REPO = "bigcorp/linked"
# Characters with a meaning of their own in addresses.
ODD_FILE, ODD_BRANCH, ODD_ENVIRONMENT = "a b/c#d?e%41&.txt", "odd/#b&r", "odd & more"
JOBS = HEAD + jobs_text(
    first="steps: [{run: 'true'}]", second="environment: prod\nsteps: [{run: 'true'}]"
)


class Recorder:
    """Asks the REST API and keeps the addresses in its answers, by what they belong to."""

    def __init__(self, github: ServedGitHub) -> None:
        self._github = github
        self.found: set[str] = set()

    def ask(self, method: str, path: str, body: Any = None, *, token: str = FULL) -> Any:
        answer: Answer = self._github.rest(method, path, body, token=token, check=False)
        assert answer.status < 400, (path, answer.body)
        self.found |= set(_addresses(answer.body))
        return answer.body

    def in_repository(self, method: str, path: str, body: Any = None) -> Any:
        return self.ask(method, f"/repos/{REPO}{path}", body)


def _addresses(body: Any) -> Iterator[str]:
    if isinstance(body, list):
        for one in body:
            yield from _addresses(one)
    if isinstance(body, dict):
        for name, value in body.items():
            if name in {"html_url", "permalink_url"} or (name == "html" and value):
                yield value["href"] if isinstance(value, dict) else value
            else:
                yield from _addresses(value)


@pytest.fixture(scope="module")
def handed_out(github: ServedGitHub) -> set[str]:
    """The addresses in the answers to what the product, its operators and the console ask."""
    id_ = gated(github, REPO, JOBS, 1001)
    head = github.commit(REPO, {ODD_FILE: "x\n", "README.md": "# Linked\n"})
    github.commit(REPO, {"offered.txt": "x\n"}, branch=ODD_BRANCH)
    recorder = Recorder(github)
    ask = recorder.in_repository
    _ask_about_people(recorder)
    for path in ("", "/branches", "/commits", f"/commits/{head}", f"/git/commits/{head}"):
        ask("GET", path)
    ask("GET", "/branches/odd/%23b&r")
    for path in ("", "a%20b", "a%20b/c%23d%3Fe%2541%26.txt"):
        ask("GET", f"/contents/{path}?ref=main")
    ask("POST", f"/statuses/{head}", {"state": "success"})
    ask("GET", f"/commits/{head}/status")
    ask("GET", f"/commits/{head}/statuses")
    ask("POST", f"/commits/{head}/comments", {"body": "Said."})
    ask("GET", f"/commits/{head}/comments")
    ask("GET", "/compare/main...odd/%23b&r")
    number = ask("POST", "/pulls", {"title": "x", "head": ODD_BRANCH, "base": "main"})["number"]
    ask("POST", f"/issues/{number}/comments", {"body": "Said."})
    for path in ("/pulls?state=all", f"/pulls/{number}", f"/issues/{number}/comments"):
        ask("GET", path)
    ask("PUT", "/environments/odd%20&%20more", {})
    _ask_about_runs(recorder, github, id_)
    return recorder.found


def _ask_about_people(recorder: Recorder) -> None:
    for path in ("/user", "/users/stranger", "/users/github-actions%5Bbot%5D", "/user/repos"):
        recorder.ask("GET", path)
    recorder.ask("GET", "/user/orgs", token="ghp_admin")
    recorder.ask("GET", "/orgs/bigcorp", token="ghp_admin")
    recorder.ask("GET", "/user/memberships/orgs/bigcorp", token="ghp_admin")


def _ask_about_runs(recorder: Recorder, github: ServedGitHub, environment: int) -> None:
    ask = recorder.in_repository
    rules = {"reviewers": [{"type": "User", "id": 1001}, {"type": "Team", "id": 3001}]}
    ask("PUT", "/environments/prod", rules)
    ask("GET", "/environments")
    run = github.run(REPO, status="waiting")
    path = f"/actions/runs/{run['id']}"
    for below in ("", "/jobs", "/pending_deployments"):
        ask("GET", f"{path}{below}")
    wish = {"environment_ids": [environment], "state": "approved", "comment": "Go."}
    ask("POST", f"{path}/pending_deployments", wish)
    for below in (f"{path}/approvals", "/actions/workflows/work.yml", "/actions/runs"):
        ask("GET", below)


@pytest.mark.parametrize(
    "part",
    [
        "/octo",
        "/bigcorp",
        "/github-actions[bot]",
        "/orgs/bigcorp/teams/",
        f"/{REPO}",
        "/tree/main/",
        "/tree/odd/%23b%26r",
        "/blob/main/a%20b/c%23d%3Fe%2541%26.txt",
        "/blob/main/.github/workflows/work.yml",
        "/commit/",
        "#commitcomment-",
        "/compare/main...odd/",
        "/compare/bigcorp:",
        "/pull/1",
        "#issuecomment-",
        "/actions/runs/",
        "/job/",
        "environments_filter=odd%20%26%20more",
    ],
)
def test_every_kind_of_address_is_handed_out(handed_out: set[str], part: str) -> None:
    assert [address for address in handed_out if part in address]


def test_every_address_that_is_handed_out_opens(github: ServedGitHub, handed_out: set[str]) -> None:
    for address in sorted(handed_out):
        assert address.startswith(f"{github.url}/"), address
        path, _, anchor = address.removeprefix(github.url).partition("#")
        status, page = read(github, path)
        assert status == 200, address
        assert not anchor or anchor in Reader(page).ids, address
        if "environments_filter" in path:
            assert ODD_ENVIRONMENT in page.replace("&amp;", "&")
