"""Trees, commits, references, contents and statuses."""

from __future__ import annotations

import time
from pathlib import Path

from rehearsal.tests.github.served_github import FULL, NO_WORKFLOW, ServedGitHub, git

WORKFLOW = ".github/workflows/work.yml"


def _entry(path: str, text: str, mode: str = "100644") -> dict[str, str]:
    return {"path": path, "mode": mode, "type": "blob", "content": text}


def test_seeding_is_one_commit_that_keeps_modes_and_passes_fsck(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("seeded")
    base = "/repos/octo/seeded/git"
    started = time.perf_counter()
    head = github.rest("GET", f"{base}/ref/heads/main", check=False).body["object"]["sha"]
    entries = [_entry(f"src/part{n % 5}/file{n}.txt", f"content {n}\n") for n in range(39)]
    entries.append(_entry("run.sh", "#!/bin/sh\n", "100755"))
    wish = {"base_tree": head, "tree": entries}
    tree = github.rest("POST", f"{base}/trees", wish, check=False).body["sha"]
    body = {"message": "Seed", "tree": tree, "parents": [head]}
    sha = github.rest("POST", f"{base}/commits", body, check=False).body["sha"]
    github.rest("PATCH", f"{base}/refs/heads/main", {"sha": sha}, check=False)
    assert time.perf_counter() - started < 0.6
    url = f"http://x:{FULL}@127.0.0.1:{github.port}/octo/seeded.git"
    git("clone", "-q", url, "work", cwd=tmp_path)
    assert git("fsck", "--strict", cwd=tmp_path / "work").stderr == ""
    assert (tmp_path / "work/run.sh").stat().st_mode & 0o100
    assert len(list((tmp_path / "work").rglob("*.txt"))) == 39
    assert (tmp_path / "work/README.md").exists()
    recursive = github.rest("GET", f"{base}/trees/{tree}?recursive=1").body
    assert len([entry for entry in recursive["tree"] if entry["type"] == "blob"]) == 41


def test_tree_replaces_removes_and_nests(github: ServedGitHub) -> None:
    github.create("edited")
    base = "/repos/octo/edited/git"
    github.commit("octo/edited", {"a/b/c.txt": "1", "a/d.txt": "2", "e": "3"})
    present = github.rest("GET", f"{base}/trees/main").body["tree"]
    (blob,) = (entry for entry in present if entry["path"] == "e")
    entries = [
        {"path": "a/b/c.txt", "mode": "100644", "type": "blob", "sha": None},
        {"path": "e/inner.txt", "mode": "100644", "type": "blob", "sha": blob["sha"]},
    ]
    wish = {"base_tree": "main", "tree": entries}
    tree = github.rest("POST", f"{base}/trees", wish).body["sha"]
    listed = github.rest("GET", f"{base}/trees/{tree}?recursive=true").body["tree"]
    paths = {entry["path"] for entry in listed}
    assert paths == {"README.md", "a", "a/d.txt", "e", "e/inner.txt"}
    assert github.rest("GET", f"{base}/blobs/{blob['sha']}").body["size"] == 1


def test_bad_trees_and_commits_are_refused(github: ServedGitHub) -> None:
    github.create("strict")
    base = "/repos/octo/strict/git"
    for entry in (
        _entry("../up", "x"),
        _entry("/abs", "x"),
        _entry("x", "x", "100600"),
        {"path": "x", "mode": "100644", "type": "blob", "sha": "1" * 40},
    ):
        answer = github.rest("POST", f"{base}/trees", {"tree": [entry]}, check=False)
        assert answer.status == 422, entry
    wish = {"message": "x", "tree": "1" * 40, "parents": []}
    assert github.rest("POST", f"{base}/commits", wish).status == 422


def test_empty_repository_answers_conflict(github: ServedGitHub) -> None:
    github.create("empty", auto_init=False)
    base = "/repos/octo/empty/git"
    tree = {"tree": [_entry("a", "b")]}
    for method, path, body in (
        ("POST", "/trees", tree),
        ("GET", "/ref/heads/main", None),
    ):
        answer = github.rest(method, base + path, body)
        assert (answer.status, answer.body["message"]) == (409, "Git Repository is empty.")


def test_references_are_created_moved_forward_and_removed(github: ServedGitHub) -> None:
    github.create("moved")
    base = "/repos/octo/moved/git"
    old = github.rest("GET", f"{base}/ref/heads/main").body["object"]["sha"]
    new = github.commit("octo/moved", {"a": "1"})
    back = github.rest("PATCH", f"{base}/refs/heads/main", {"sha": old})
    assert (back.status, back.body["message"]) == (422, "Update is not a fast forward")
    made = github.rest("POST", f"{base}/refs", {"ref": "refs/heads/side/x", "sha": new})
    assert made.status == 201
    again = github.rest("POST", f"{base}/refs", {"ref": "refs/heads/side/x", "sha": new})
    assert again.body["message"] == "Reference already exists"
    forced = github.rest("PATCH", f"{base}/refs/heads/side/x", {"sha": old, "force": True})
    assert forced.status == 200
    assert github.rest("DELETE", f"{base}/refs/heads/side/x").status == 204
    assert github.rest("GET", f"{base}/ref/heads/side/x").status == 404
    assert github.rest("PATCH", f"{base}/refs/heads/no", {"sha": new}).status == 422


def test_workflow_files_without_the_scope_are_a_misleading_404(github: ServedGitHub) -> None:
    github.create("scoped")
    base = "/repos/octo/scoped/git"
    tree = {"tree": [_entry(WORKFLOW, "on: push\n")], "base_tree": "main"}
    assert github.rest("POST", f"{base}/trees", tree, token=NO_WORKFLOW).status == 404
    made = github.rest("POST", f"{base}/trees", tree).body["sha"]
    head = github.rest("GET", f"{base}/ref/heads/main").body["object"]["sha"]
    wish = {"message": "x", "tree": made, "parents": [head]}
    sha = github.rest("POST", f"{base}/commits", wish).body["sha"]
    moved = github.rest("PATCH", f"{base}/refs/heads/main", {"sha": sha}, token=NO_WORKFLOW)
    assert moved.status == 404
    ref = {"ref": "refs/heads/x", "sha": sha}
    assert github.rest("POST", f"{base}/refs", ref, token=NO_WORKFLOW).status == 404
    content = {"message": "x", "content": "eA=="}
    path = f"/repos/octo/scoped/contents/{WORKFLOW}"
    assert github.rest("PUT", path, content, token=NO_WORKFLOW).status == 404


def test_contents_need_the_old_blob_to_be_replaced(github: ServedGitHub) -> None:
    github.create("written")
    path = "/repos/octo/written/contents/docs/a.md"
    made = github.rest("PUT", path, {"message": "Add", "content": "YQ=="})
    assert made.status == 201
    blob = made.body["content"]["sha"]
    assert github.rest("PUT", path, {"message": "x", "content": "Yg=="}).status == 422
    wrong = {"message": "x", "content": "Yg==", "sha": "1" * 40}
    assert github.rest("PUT", path, wrong, check=False).status == 409
    right = github.rest("PUT", path, {"message": "x", "content": "Yg==", "sha": blob})
    assert right.status == 200
    folder = github.rest("GET", "/repos/octo/written/contents/docs", check=False).body
    assert [entry["name"] for entry in folder] == ["a.md"]
    assert github.rest("GET", "/repos/octo/written/contents/none").status == 404


def test_statuses_combine_to_the_worst_of_the_newest(github: ServedGitHub) -> None:
    github.create("told")
    sha = github.commit("octo/told", {"a": "1"})
    post = f"/repos/octo/told/statuses/{sha}"
    for state, context in (("pending", "one"), ("success", "one"), ("failure", "two")):
        wish = {"state": state, "context": context, "description": "d", "target_url": "https://x"}
        assert github.rest("POST", post, wish).status == 201
    combined = github.rest("GET", f"/repos/octo/told/commits/{sha}/status").body
    assert (combined["state"], combined["total_count"]) == ("failure", 2)
    listed = github.rest("GET", f"/repos/octo/told/commits/{sha}/statuses").body
    assert [status["state"] for status in listed] == ["failure", "success", "pending"]
    missing = github.rest("POST", f"/repos/octo/told/statuses/{'1' * 40}", {"state": "success"})
    assert missing.status == 422
