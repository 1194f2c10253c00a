"""Trees, commits, references, contents and statuses."""

from __future__ import annotations

import base64
from pathlib import Path

from rehearsal.tests.github.served_github import FULL, NO_WORKFLOW, Answer, ServedGitHub, git

WORKFLOW = ".github/workflows/work.yml"


def _put(github: ServedGitHub, path: str, text: str, **wish: str) -> Answer:
    content = base64.b64encode(text.encode()).decode()
    body = {"message": "x", "content": content} | wish
    return github.rest("PUT", path, body, check=False)


def test_a_file_is_written_beside_the_others_and_passes_fsck(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("seeded")
    base = "/repos/octo/seeded"
    for path in ("src/deep/a.txt", "src/b.txt", "src-c.txt", "README.md/now-a-folder.txt"):
        assert _put(github, f"{base}/contents/{path}", path).status == 201
    url = f"http://x:{FULL}@127.0.0.1:{github.port}/octo/seeded.git"
    git("clone", "-q", url, "work", cwd=tmp_path)
    work = tmp_path / "work"
    assert git("fsck", "--strict", cwd=work).stderr == ""
    files = {str(file.relative_to(work)) for file in work.rglob("*.txt")}
    assert files == {
        *("src/deep/a.txt", "src/b.txt", "src-c.txt", "README.md/now-a-folder.txt"),
    }
    assert (work / "src/deep/a.txt").read_text() == "src/deep/a.txt"


def test_trees_show_their_entries_and_files_their_content(github: ServedGitHub) -> None:
    github.create("edited")
    base = "/repos/octo/edited/git"
    github.commit("octo/edited", {"a/b/c.txt": "1", "a/d.txt": "2", "e": "3"})
    present = github.rest("GET", f"{base}/trees/main").body["tree"]
    assert [entry["path"] for entry in present] == ["README.md", "a", "e"]
    (blob,) = (entry for entry in present if entry["path"] == "e")
    listed = github.rest("GET", f"{base}/trees/main?recursive=true").body["tree"]
    paths = {entry["path"] for entry in listed}
    assert paths == {"README.md", "a", "a/b", "a/b/c.txt", "a/d.txt", "e"}
    assert github.rest("GET", f"{base}/blobs/{blob['sha']}").body["size"] == 1


def test_paths_that_cannot_be_are_refused(github: ServedGitHub) -> None:
    github.create("strict")
    for path in ("a/%2E%2E/up", "%2Fabs", "a//b", ".git/config"):
        answer = _put(github, f"/repos/octo/strict/contents/{path}", "x")
        assert answer.status == 422, path
    refused = github.rest("PUT", "/repos/octo/strict/contents/a", {"message": "x", "content": "?"})
    assert refused.body["message"] == "content is not valid Base64"


def test_empty_repository_answers_conflict(github: ServedGitHub) -> None:
    github.create("empty", auto_init=False)
    base = "/repos/octo/empty/git"
    for method, path, body in (
        ("POST", "/refs", {"ref": "refs/heads/x", "sha": "1" * 40}),
        ("GET", "/ref/heads/main", None),
    ):
        answer = github.rest(method, base + path, body)
        assert (answer.status, answer.body["message"]) == (409, "Git Repository is empty.")


def test_references_are_created_once(github: ServedGitHub) -> None:
    github.create("moved")
    base = "/repos/octo/moved/git"
    new = github.commit("octo/moved", {"a": "1"})
    made = github.rest("POST", f"{base}/refs", {"ref": "refs/heads/side/x", "sha": new})
    assert made.status == 201
    assert github.rest("GET", f"{base}/ref/heads/side/x").body["object"]["sha"] == new
    again = github.rest("POST", f"{base}/refs", {"ref": "refs/heads/side/x", "sha": new})
    assert again.body["message"] == "Reference already exists"
    for wish in ({"ref": "heads/y", "sha": new}, {"ref": "refs/heads/y", "sha": "1" * 40}):
        assert github.rest("POST", f"{base}/refs", wish).status == 422
    assert github.rest("GET", f"{base}/ref/heads/y").status == 404


def test_what_git_writes_is_not_written_by_rest(github: ServedGitHub) -> None:
    github.create("modelled")
    for method, path in (("POST", "trees"), ("POST", "commits"), ("PATCH", "refs/heads/main")):
        answer = github.rest(method, f"/repos/octo/modelled/git/{path}", {}, check=False)
        assert answer.status == 404
        assert "does not model" in answer.body["message"]


def test_workflow_files_without_the_scope_are_a_misleading_404(github: ServedGitHub) -> None:
    github.create("scoped")
    path = f"/repos/octo/scoped/contents/{WORKFLOW}"
    content = {"message": "x", "content": "eA=="}
    assert github.rest("PUT", path, content, token=NO_WORKFLOW).status == 404
    sha = github.commit("octo/scoped", {WORKFLOW: "on: push\n"}, branch="changed")
    ref = {"ref": "refs/heads/x", "sha": sha}
    refs = "/repos/octo/scoped/git/refs"
    assert github.rest("POST", refs, ref, token=NO_WORKFLOW).status == 404
    assert github.rest("POST", refs, ref).status == 201


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
