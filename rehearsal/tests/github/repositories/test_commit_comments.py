"""Comments on commits; every exchange is validated against GitHub's description."""

from __future__ import annotations

import github as pygithub
import pytest

from rehearsal.tests.github.served_github import FULL, NO_REPO, STRANGER, ServedGitHub


def test_comments_on_a_commit_come_in_their_order(github: ServedGitHub) -> None:
    head = github.create("comments-commented")
    sha = github.commit(head["full_name"], {"a": "1"})
    other = github.commit(head["full_name"], {"a": "2"})
    path = f"/repos/octo/comments-commented/commits/{sha}/comments"
    assert github.rest("GET", path).body == []
    made = [github.rest("POST", path, {"body": body}) for body in ("deployed to dev", "went back")]
    assert [answer.status for answer in made] == [201, 201]
    first = made[0].body
    assert first["commit_id"] == sha
    assert first["html_url"].endswith(
        f"/octo/comments-commented/commit/{sha}#commitcomment-{first['id']}"
    )
    assert (first["user"]["login"], first["path"], first["line"]) == ("octo", None, None)
    assert made[0].headers["location"] == first["url"]
    assert github.rest("GET", path).body == [answer.body for answer in made]
    assert github.rest("GET", f"{path}?per_page=1&page=2").body == [made[1].body]
    assert github.rest("GET", f"/repos/octo/comments-commented/commits/{other}/comments").body == []


@pytest.mark.parametrize(
    ("sha", "body", "status"),
    [
        ("0" * 40, {"body": "x"}, 422),
        ("main", {"body": "x"}, 422),
        ("", {}, 422),
        ("", {"body": ""}, 422),
        ("", {"body": "x" * 65_537}, 422),
        ("", {"body": "x" * 65_536}, 201),
    ],
    ids=["no commit", "a branch", "no body", "an empty body", "too long", "as long as can be"],
)
def test_what_github_would_not_take_is_refused(
    github: ServedGitHub, sha: str, body: dict[str, str], status: int
) -> None:
    if github.rest("GET", "/repos/octo/comments-strict", check=False).status == 404:
        github.create("comments-strict")
    sha = (
        sha
        or github.rest("GET", "/repos/octo/comments-strict/git/ref/heads/main").body["object"][
            "sha"
        ]
    )
    path = f"/repos/octo/comments-strict/commits/{sha}/comments"
    answer = github.rest("POST", path, body, check=bool(body.get("body")))
    assert answer.status == status


@pytest.mark.parametrize(("token", "status"), [(NO_REPO, 404), (STRANGER, 404), (None, 404)])
def test_who_may_not_see_a_repository_comments_nothing(
    github: ServedGitHub, token: str | None, status: int
) -> None:
    if github.rest("GET", "/repos/octo/comments-hidden", check=False).status == 404:
        github.create("comments-hidden")
    sha = github.rest("GET", "/repos/octo/comments-hidden/git/ref/heads/main").body["object"]["sha"]
    path = f"/repos/octo/comments-hidden/commits/{sha}/comments"
    assert github.rest("GET", path, token=token).status == status
    refused = github.rest("POST", path, {"body": "x"}, token=token)
    assert refused.status == (401 if token is None else status)


def test_an_archived_repository_takes_no_comment(github: ServedGitHub) -> None:
    github.create("comments-closed")
    sha = github.rest("GET", "/repos/octo/comments-closed/git/ref/heads/main").body["object"]["sha"]
    github.rest("PATCH", "/repos/octo/comments-closed", {"archived": True})
    path = f"/repos/octo/comments-closed/commits/{sha}/comments"
    assert github.rest("POST", path, {"body": "x"}).status == 403


def test_a_comment_on_a_line_is_not_modelled(github: ServedGitHub) -> None:
    github.create("comments-lines")
    sha = github.rest("GET", "/repos/octo/comments-lines/git/ref/heads/main").body["object"]["sha"]
    body = {"body": "x", "path": "README.md", "position": 1}
    answer = github.rest(
        "POST", f"/repos/octo/comments-lines/commits/{sha}/comments", body, check=False
    )
    assert "does not model comments on a line of a commit" in answer.body["message"]


def test_pygithub_comments_on_a_commit(github: ServedGitHub) -> None:
    github.create("comments-clients")
    sha = github.rest("GET", "/repos/octo/comments-clients/git/ref/heads/main").body["object"][
        "sha"
    ]
    with pygithub.Github(auth=pygithub.Auth.Token(FULL), base_url=f"{github.url}/api/v3") as client:
        commit = client.get_repo("octo/comments-clients").get_commit(sha)
        made = commit.create_comment("needs attention")
        assert [comment.id for comment in commit.get_comments()] == [made.id]
