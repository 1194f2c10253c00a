"""Workflows that pull requests start, and what their jobs may say there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import github as pygithub

from rehearsal.tests.github.actions.test_runs import CHECKOUT, TOKEN_STEP, claims_of, jobs_text
from rehearsal.tests.github.served_github import FULL, ServedGitHub, git

ON = "name: Check\non: {pull_request: FILTER}\npermissions: {}\n"
STEP = "steps: [{run: 'true'}]"
FILE = ".github/workflows/work.yml"


def head(filters: str = "") -> str:
    return ON.replace("FILTER", filters)


def offer(github: ServedGitHub, name: str, branch: str = "topic") -> dict[str, Any]:
    body = {"title": "Offer", "head": branch, "base": "main"}
    answer = github.rest("POST", f"/repos/octo/{name}/pulls", body)
    assert answer.status == 201, answer.body
    made: dict[str, Any] = answer.body
    return made


def runs(github: ServedGitHub, name: str, query: str = "") -> list[dict[str, Any]]:
    listed = github.rest("GET", f"/repos/octo/{name}/actions/runs{query}", check=False).body
    found: list[dict[str, Any]] = listed["workflow_runs"]
    return found


def test_an_opened_pull_request_runs_the_merge_of_both_branches(github: ServedGitHub) -> None:
    show = """
steps:
  - uses: CHECKOUT
    with: {persist-credentials: false}
  - run: |
      echo "files $(ls | tr '\\n' ' ')"
      test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
      echo "ref=$GITHUB_REF name=$GITHUB_REF_NAME head=$GITHUB_HEAD_REF base=$GITHUB_BASE_REF"
      echo 'event=${{ github.event.action }} ${{ github.event.pull_request.head.sha }}'
      echo 'context=${{ github.event_name }} ${{ github.head_ref }} ${{ github.ref }}'
""".replace("CHECKOUT", CHECKOUT)
    token = TOKEN_STEP.replace("environment: ENVIRONMENT\n", "")
    text = head() + jobs_text(
        show="if: github.event_name == 'pull_request'\npermissions: {contents: read}" + show,
        token=token,
    )
    github.workflow("offered", text)
    topic = github.commit("octo/offered", {"theirs.txt": "1"}, branch="topic")
    main = github.commit("octo/offered", {"ours.txt": "1"})
    pull = offer(github, "offered")
    run = github.run("offered")
    assert run["conclusion"] == "success", github.logs("offered")
    assert (run["event"], run["head_sha"], run["head_branch"]) == ("pull_request", topic, "topic")
    assert (run["display_title"], run["actor"]["login"]) == ("Offer", "octo")
    assert [each["number"] for each in run["pull_requests"]] == [pull["number"]]
    assert run["pull_requests"][0]["base"]["sha"] == main
    jobs = github.jobs("offered", run)
    log = github.log("offered", jobs["show"])
    assert "files README.md ours.txt theirs.txt" in log
    assert "ref=refs/pull/1/merge name=1/merge head=topic base=main" in log
    assert f"event=opened {topic}" in log
    assert "context=pull_request topic refs/pull/1/merge" in log
    claims = claims_of(github, github.log("offered", jobs["token"]))
    assert claims["sub"].endswith(":pull_request")
    assert (claims["ref"], claims["head_ref"]) == ("refs/pull/1/merge", "topic")
    assert runs(github, "offered", f"?head_sha={topic}&branch=topic")[0]["id"] == run["id"]
    assert runs(github, "offered", "?branch=main") == []


def test_a_moved_head_and_a_reopened_offer_start_runs(github: ServedGitHub) -> None:
    github.workflow(
        "moved-head", head() + jobs_text(only="steps: [{run: 'echo ${{ github.event.action }}'}]")
    )
    before = github.commit("octo/moved-head", {"a": "1"}, branch="topic")
    path = f"/repos/octo/moved-head/pulls/{offer(github, 'moved-head')['number']}"
    after = github.commit("octo/moved-head", {"a": "2"}, branch="topic")
    run = github.run("moved-head", number=2)
    assert (run["head_sha"], after != before) == (after, True)
    assert " synchronize\n" in github.log("moved-head", github.jobs("moved-head", run)["only"])
    github.rest("PATCH", path, {"state": "closed"})
    github.commit("octo/moved-head", {"a": "3"}, branch="topic")
    github.rest("PATCH", path, {"state": "open"})
    run = github.run("moved-head", number=3)
    assert " reopened\n" in github.log("moved-head", github.jobs("moved-head", run)["only"])
    github.rest("PATCH", path, {"title": "Other"})
    github.run("moved-head")
    assert len(runs(github, "moved-head")) == 3


def test_filters_and_skip_marks_hold(github: ServedGitHub) -> None:
    filters = "{branches: [main], paths: ['src/**'], types: [opened]}"
    github.workflow("chosen", head(filters) + jobs_text(only=STEP))
    github.commit("octo/chosen", {"docs/a": "1"}, branch="docs")
    offer(github, "chosen", "docs")
    github.commit("octo/chosen", {"src/a": "1"}, "Change [skip ci]", branch="quiet")
    offer(github, "chosen", "quiet")
    github.commit("octo/chosen", {"src/a": "1"}, branch="code")
    number = offer(github, "chosen", "code")["number"]
    github.commit("octo/chosen", {"src/a": "2"}, branch="code")  # not opened
    run = github.run("chosen")
    assert run["pull_requests"][0]["number"] == number
    assert len(runs(github, "chosen")) == 1


def test_a_conflict_starts_nothing_until_it_is_resolved(github: ServedGitHub) -> None:
    github.workflow("conflict", head() + jobs_text(only=STEP))
    github.commit("octo/conflict", {"a": "theirs"}, branch="topic")
    github.commit("octo/conflict", {"a": "ours"})
    offer(github, "conflict")
    assert runs(github, "conflict") == []
    solved = github.commit("octo/conflict", {"a": "ours", "b": "new"}, branch="topic")
    assert github.run("conflict")["head_sha"] == solved


def test_kinds_of_activity_that_are_not_modelled_are_named(github: ServedGitHub) -> None:
    github.workflow("kinds", head("{types: [opened, labeled]}") + jobs_text(only=STEP))
    github.commit("octo/kinds", {"a": "1"}, branch="topic")
    offer(github, "kinds")
    assert github.run("kinds")["conclusion"] == "startup_failure"
    assert "`labeled` in `on.pull_request.types`" in github.problems()["octo/kinds"]


def test_refs_of_pull_requests_can_be_fetched_and_not_pushed(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.create("fetched", private=False)
    topic = github.commit("octo/fetched", {"a": "1"}, branch="topic")
    offer(github, "fetched")
    address = f"http://octo:{FULL}@127.0.0.1:{github.port}/octo/fetched"
    listed = git("ls-remote", address, "refs/pull/*", cwd=tmp_path).stdout
    assert f"{topic}\trefs/pull/1/head" in listed
    assert "refs/pull/1/merge" in listed
    git("clone", "--quiet", address, "copy", cwd=tmp_path)
    pushed = git("push", "origin", "HEAD:refs/pull/1/head", cwd=tmp_path / "copy", check=False)
    assert "deny updating a hidden ref" in pushed.stderr
    assert pushed.returncode != 0


def test_a_job_comments_and_changes_its_comment(github: ServedGitHub) -> None:
    call = 'curl -s -w " status %{http_code}" -H "Authorization: Bearer ${{ github.token }}"'
    base = "$GITHUB_API_URL/repos/octo/costs/issues"
    post = f'{call} -d \'{{"body":"| cost |"}}\' {base}/${{{{ github.event.number }}}}/comments'
    steps = f"steps:\n  - run: |\n      {post}"
    github.workflow(
        "costs",
        head()
        + jobs_text(
            may=f"permissions: {{pull-requests: write}}\n{steps}",
            also=f"needs: may\npermissions: {{issues: write}}\n{steps}",
            reads=f"needs: also\npermissions: {{pull-requests: read}}\n{steps}",
        ),
    )
    github.commit("octo/costs", {"a": "1"}, branch="topic")
    number = offer(github, "costs")["number"]
    run = github.run("costs")
    jobs = github.jobs("costs", run)
    logs = {name: github.log("costs", job) for name, job in jobs.items()}
    assert "status 201" in logs["may"]
    assert "status 201" in logs["also"]
    assert "status 403" in logs["reads"]
    path = f"/repos/octo/costs/issues/{number}/comments"
    first, _second = github.rest("GET", path).body
    assert (first["user"]["login"], first["body"]) == ("github-actions[bot]", "| cost |")
    one = f"/repos/octo/costs/issues/comments/{first['id']}"
    assert github.rest("PATCH", one, {"body": "cheaper"}).body["body"] == "cheaper"
    assert github.rest("GET", path).body[0]["body"] == "cheaper"
    assert github.rest("GET", f"/repos/octo/costs/pulls/{number}").body["comments"] == 2
    assert github.rest("POST", "/repos/octo/costs/issues/99/comments", {"body": "x"}).status == 404
    assert github.rest("POST", path, {"body": ""}).status == 422


def test_pygithub_understands_comments(github: ServedGitHub) -> None:
    github.create("talk")
    github.commit("octo/talk", {"a": "1"}, branch="topic")
    number = offer(github, "talk")["number"]
    api = f"{github.url}/api/v3"
    with pygithub.Github(auth=pygithub.Auth.Token(FULL), base_url=api) as client:
        pull = client.get_repo("octo/talk").get_pull(number)
        made = pull.create_issue_comment("hello")
        made.edit("hello again")
        (comment,) = pull.get_issue_comments()
        assert (comment.body, comment.user.login) == ("hello again", "octo")
