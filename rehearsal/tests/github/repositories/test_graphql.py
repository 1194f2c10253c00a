"""What GitHub's command line asks by GraphQL, and what nobody is told."""

import json
from typing import Any

import pytest

from rehearsal.tests.github.served_github import FULL, STRANGER, Answer, ServedGitHub

QUERY = """
query RepositoryInfo($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { nameWithOwner owner { login } defaultBranchRef { name } }
}
"""


def ask(github: ServedGitHub, name: str, token: str | None = FULL, query: str = QUERY) -> Answer:
    body = json.dumps({"query": query, "variables": {"owner": "octo", "name": name}}).encode()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = github.fetch(f"{github.url}/api/graphql", "POST", body, headers)
    return Answer(answer.status, json.loads(answer.body), answer.headers)


@pytest.mark.parametrize(("wish", "branch"), [({}, {"name": "main"}), ({"auto_init": False}, None)])
def test_a_repository_is_told_with_its_default_branch(
    github: ServedGitHub, wish: dict[str, Any], branch: dict[str, str] | None
) -> None:
    name = "asked" if branch else "asked-empty"
    github.create(name, **wish)
    told = {
        "nameWithOwner": f"octo/{name}",
        "owner": {"login": "octo"},
        "defaultBranchRef": branch,
    }
    assert ask(github, name).body == {"data": {"repository": told}}


def test_what_the_caller_may_not_see_is_not_told(github: ServedGitHub) -> None:
    github.create("hidden")
    missing = ask(github, "none").body
    assert missing["data"] == {"repository": None}
    hidden = json.dumps(ask(github, "hidden", STRANGER).body)
    assert hidden.replace("hidden", "none") == json.dumps(missing)
    assert ask(github, "hidden", None).status == 401


def test_what_is_not_modelled_is_refused_by_its_name(github: ServedGitHub) -> None:
    query = "query Q($owner: String!, $name: String!) {repository(owner:$owner, name:$name){pulls}}"
    (error,) = ask(github, "none", query=query).body["errors"]
    assert "'pulls'" in error["message"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff"])
def test_what_is_no_query_is_refused(github: ServedGitHub, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {FULL}"}
    assert github.fetch(f"{github.url}/api/graphql", "POST", body, headers).status == 400
