"""Pull requests and comparisons; every exchange is validated against GitHub's description."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub
from rehearsal.tests.github.pushes import make_commit


@dataclass
class Project:
    """A repository with the branches `main` and `template`, and ways to change them."""

    github: InProcessGitHub

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str = TOKEN
    ) -> tuple[int, Any]:
        answer = self.github.request(
            method,
            f"{self.github.github.api_url}/repos/octo/shop{path}",
            json=body,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "test"},
            redirect=False,
        )
        return answer.status, json.loads(answer.data) if answer.data else None

    def head(self, branch: str) -> str:
        sha: str = self.ask("GET", f"/git/ref/heads/{branch}")[1]["object"]["sha"]
        return sha

    def commit(self, branch: str, files: dict[str, str | None]) -> str:
        folder = self.github.git_folder("octo/shop")
        sha = make_commit(folder, self.head(branch), files, f"Change {branch}")
        self.github.push("octo/shop", branch, sha)
        return sha

    def offer(self, **wish: Any) -> tuple[int, Any]:
        body = {"title": "New version", "head": "template", "base": "main"} | wish
        return self.ask("POST", "/pulls", body)

    def opened(self) -> int:
        status, body = self.offer()
        assert status == 201, body
        number: int = body["number"]
        return number

    def pull(self, number: int) -> dict[str, Any]:
        status, body = self.ask("GET", f"/pulls/{number}")
        assert status == 200
        found: dict[str, Any] = body
        return found

    def numbers(self, query: str) -> list[int]:
        return [pull["number"] for pull in self.ask("GET", f"/pulls?{query}")[1]]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with InProcessGitHub(tmp_path / "github", content_limit=(0, 0)) as github:
        github.rest("POST", "/user/repos", {"name": "shop", "auto_init": True})
        project = Project(github)
        wish = {"ref": "refs/heads/template", "sha": project.head("main")}
        assert project.ask("POST", "/git/refs", wish)[0] == 201
        yield project


def _reason(body: dict[str, Any]) -> str:
    assert body["message"] == "Validation Failed"
    detail = body["errors"][0]
    return detail.get("message") or f"{detail['field']} {detail['code']}"


def test_an_opened_pull_request_shows_both_branches(project: Project) -> None:
    sha = project.commit("template", {"a.txt": "1\n2\n", "b.txt": "1\n"})
    body = project.pull(project.opened())
    assert (body["number"], body["state"], body["merged"]) == (1, "open", False)
    assert (body["head"]["label"], body["head"]["sha"]) == ("octo:template", sha)
    assert body["base"]["sha"] == project.head("main")
    assert (body["changed_files"], body["additions"], body["commits"]) == (2, 3, 1)
    assert body["mergeable"] is True


def test_what_github_refuses_to_open(project: Project) -> None:
    assert _reason(project.offer()[1]) == "No commits between main and template"
    assert _reason(project.offer(head="main")[1]) == "No commits between main and main"
    project.commit("main", {"behind.txt": "1"})
    assert _reason(project.offer()[1]) == "No commits between main and template"
    project.commit("template", {"a.txt": "1"})
    assert _reason(project.offer(base="gone")[1]) == "base invalid"
    assert _reason(project.offer(head="gone")[1]) == "head invalid"
    assert _reason(project.offer(head="stranger:template")[1]) == "head invalid"
    assert project.offer(head="octo:template")[0] == 201
    status, body = project.offer()
    assert status == 422
    assert _reason(body) == "A pull request already exists for octo:template."


def test_branches_without_common_history_are_refused(project: Project) -> None:
    orphan = make_commit(project.github.git_folder("octo/shop"), None, {"README.md": "other\n"})
    project.github.push("octo/shop", "orphan", orphan)
    reason = _reason(project.offer(head="orphan")[1])
    assert reason == "The orphan branch has no history in common with main"
    assert project.ask("GET", "/compare/main...orphan")[0] == 404


def test_the_head_follows_its_branch(project: Project) -> None:
    project.commit("template", {"a.txt": "1"})
    number = project.opened()
    newer = project.commit("template", {"a.txt": "2"})
    assert project.pull(number)["head"]["sha"] == newer
    project.ask("PATCH", f"/pulls/{number}", {"state": "closed"})
    project.commit("template", {"a.txt": "3"})
    assert project.pull(number)["head"]["sha"] == newer


def test_lists_are_chosen_by_state_head_and_base(project: Project) -> None:
    project.commit("template", {"a.txt": "1"})
    first = project.opened()
    project.ask("PATCH", f"/pulls/{first}", {"state": "closed"})
    second = project.opened()
    assert project.numbers("") == [second]
    assert project.numbers("state=all&head=octo:template&base=main") == [second, first]
    assert project.numbers("state=all&direction=asc") == [first, second]
    assert project.numbers("state=closed") == [first]
    assert project.numbers("head=octo:main") == []
    assert project.numbers("head=stranger:template") == []
    assert project.numbers("base=template") == []
    assert project.numbers("head=template-without-owner-is-ignored") == [second]


def test_a_merge_has_two_parents_and_the_content_of_both(project: Project) -> None:
    ours = project.commit("main", {"ours.txt": "1"})
    theirs = project.commit("template", {"theirs.txt": "1"})
    number = project.opened()
    status, body = project.ask("PUT", f"/pulls/{number}/merge", {})
    assert (status, body["merged"], body["sha"]) == (200, True, project.head("main"))
    commit = project.ask("GET", f"/git/commits/{body['sha']}")[1]
    assert [parent["sha"] for parent in commit["parents"]] == [ours, theirs]
    assert commit["message"] == f"Merge pull request #{number} from octo/template\n\nNew version"
    paths = [item["path"] for item in project.ask("GET", "/git/trees/main")[1]["tree"]]
    assert paths == ["README.md", "ours.txt", "theirs.txt"]
    merged = project.pull(number)
    assert (merged["merged"], merged["state"], merged["merged_by"]["login"]) == (
        True,
        "closed",
        "octo",
    )
    assert project.ask("PUT", f"/pulls/{number}/merge", {})[0] == 405


def test_a_squash_has_one_parent_and_leaves_the_head_out(project: Project) -> None:
    ours = project.head("main")
    project.commit("template", {"theirs.txt": "1"})
    number = project.opened()
    _, body = project.ask("PUT", f"/pulls/{number}/merge", {"merge_method": "squash"})
    commit = project.ask("GET", f"/git/commits/{body['sha']}")[1]
    assert [parent["sha"] for parent in commit["parents"]] == [ours]
    assert commit["message"] == f"New version (#{number})"
    assert project.pull(number)["merged"] is True


def test_a_conflict_cannot_be_merged(project: Project) -> None:
    project.commit("main", {"same.txt": "ours"})
    project.commit("template", {"same.txt": "theirs"})
    number = project.opened()
    assert project.pull(number)["mergeable_state"] == "dirty"
    before = project.head("main")
    status, body = project.ask("PUT", f"/pulls/{number}/merge", {})
    assert (status, body["message"]) == (405, "Pull Request is not mergeable")
    assert project.head("main") == before
    assert project.pull(number)["merged"] is False


def test_a_merge_can_insist_on_the_head_that_was_seen(project: Project) -> None:
    seen = project.commit("template", {"a.txt": "1"})
    number = project.opened()
    project.commit("template", {"a.txt": "2"})
    assert project.ask("PUT", f"/pulls/{number}/merge", {"sha": seen})[0] == 409


def test_drafts_and_forbidden_ways_are_not_merged(project: Project) -> None:
    project.commit("template", {"a.txt": "1"})
    assert project.offer(draft=True)[0] == 201
    assert project.ask("PUT", "/pulls/1/merge", {})[0] == 405
    project.ask("PATCH", "/pulls/1", {"state": "closed"})
    assert project.opened() == 2
    project.ask("PATCH", "", {"allow_merge_commit": False})
    assert project.ask("PUT", "/pulls/2/merge", {})[0] == 405


def test_merging_workflow_files_needs_the_workflow_scope(project: Project) -> None:
    project.commit("template", {".github/workflows/deploy.yml": "on: push\n"})
    number = project.opened()
    path = f"/pulls/{number}/merge"
    status, body = project.ask("PUT", path, {}, token="ghp_no_workflow")
    assert (status, body["message"]) == (
        403,
        "refusing to allow a Personal Access Token to create or update workflow "
        "`.github/workflows/deploy.yml` without `workflow` scope",
    )
    assert project.ask("PUT", path, {})[0] == 200


def test_a_head_that_reaches_the_base_by_a_push_is_merged(project: Project) -> None:
    sha = project.commit("template", {"a.txt": "1"})
    number = project.opened()
    project.github.push("octo/shop", "main", sha)
    pull = project.pull(number)
    assert (pull["merged"], pull["merge_commit_sha"]) == (True, sha)


def test_a_deleted_branch_closes_its_pull_request_for_good(project: Project) -> None:
    project.commit("template", {"a.txt": "1"})
    number = project.opened()
    project.github.push("octo/shop", "template", None)
    pull = project.pull(number)
    assert (pull["state"], pull["merged"]) == ("closed", False)
    status, body = project.ask("PATCH", f"/pulls/{number}", {"state": "open"})
    assert status == 422
    assert "template branch has been deleted" in _reason(body)


@pytest.mark.parametrize("wanted", [True, False])
def test_a_merged_head_branch_is_deleted_if_the_repository_says_so(
    project: Project, wanted: bool
) -> None:
    project.ask("PATCH", "", {"delete_branch_on_merge": wanted})
    project.commit("template", {"a.txt": "1"})
    number = project.opened()
    assert project.ask("PUT", f"/pulls/{number}/merge", {})[0] == 200
    assert (project.ask("GET", "/branches/template")[0] == 404) is wanted
    assert project.pull(number)["merged"] is True


def test_a_closed_pull_request_opens_again_at_its_branch(project: Project) -> None:
    project.commit("template", {"a.txt": "1"})
    number = project.opened()
    closed = project.ask("PATCH", f"/pulls/{number}", {"state": "closed", "title": "Old"})[1]
    assert (closed["state"], closed["title"]) == ("closed", "Old")
    newer = project.commit("template", {"a.txt": "2"})
    opened = project.ask("PATCH", f"/pulls/{number}", {"state": "open"})[1]
    assert (opened["state"], opened["head"]["sha"]) == ("open", newer)


def test_comparison_counts_both_sides_and_shows_files_since_the_ancestor(
    project: Project,
) -> None:
    assert project.ask("GET", "/compare/main...template")[1]["status"] == "identical"
    project.commit("main", {"ours.txt": "1"})
    assert project.ask("GET", "/compare/main...template")[1]["status"] == "behind"
    first = project.commit("template", {"old.txt": "1\n2\n3\n", "gone.txt": "x\n"})
    last = project.commit("template", {"old.txt": None, "new.txt": "1\n2\n3\n", "gone.txt": None})
    last = project.commit("template", {"README.md": "# shop\nmore\n"})
    body = project.ask("GET", "/compare/main...octo:template")[1]
    assert (body["status"], body["ahead_by"], body["behind_by"]) == ("diverged", 3, 1)
    assert [commit["sha"] for commit in body["commits"]][::2] == [first, last]
    files = {file["filename"]: file for file in body["files"]}
    assert {name: file["status"] for name, file in files.items()} == {
        "README.md": "modified",
        "new.txt": "added",
    }
    assert files["new.txt"]["additions"] == 3
    backwards = project.ask("GET", f"/compare/{last}...{first}")[1]
    assert (backwards["status"], backwards["files"]) == ("behind", [])
    renamed = project.ask("GET", f"/compare/{first}...template")[1]["files"]
    names = {file["filename"]: file.get("previous_filename") for file in renamed}
    assert names == {"README.md": None, "gone.txt": None, "new.txt": "old.txt"}


def test_comparison_of_what_is_not_there_is_not_found(project: Project) -> None:
    for names in ("main...gone", "gone...main", "main..template", "main", "stranger:x...main"):
        assert project.ask("GET", f"/compare/{names}")[0] == 404
