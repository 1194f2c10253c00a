"""Deployments that wait for a review; every exchange is validated against GitHub's description."""

from __future__ import annotations

import signal
from typing import Any

import github as pygithub
import pytest

from rehearsal.tests.github.actions.test_runs import HEAD, TOKEN_STEP, claims_of, jobs_text
from rehearsal.tests.github.served_github import FULL, STRANGER, Answer, ServedGitHub

OCTO, SOMEBODY, RELEASERS = 1001, 1002, 3001
STEP = "steps: [{run: 'true'}]"
GATED = f"environment: prod\n{STEP}"


def protect(github: ServedGitHub, full_name: str, *reviewers: int, **rules: Any) -> int:
    """Create the environment prod with these users as reviewers; returns its id."""
    wish = {"reviewers": [{"type": "User", "id": id_} for id_ in reviewers], **rules}
    answer = github.rest("PUT", f"/repos/{full_name}/environments/prod", wish)
    assert answer.status == 200, answer.body
    id_: int = answer.body["id"]
    return id_


def gated(github: ServedGitHub, name: str, text: str, *reviewers: int, **rules: Any) -> int:
    """An organization's repository whose workflow starts with reviewers in place."""
    github.create(name)
    id_ = protect(github, name, *reviewers, **rules)
    github.commit(name, {".github/workflows/work.yml": text})
    return id_


def review(
    github: ServedGitHub,
    name: str,
    run: dict[str, Any],
    *environments: int,
    state: str = "approved",
    token: str = FULL,
) -> Answer:
    path = f"/repos/{name}/actions/runs/{run['id']}/pending_deployments"
    body = {"environment_ids": list(environments), "state": state, "comment": f"{state} by me"}
    return github.rest("POST", path, body, token=token)


def pending(
    github: ServedGitHub, name: str, run: dict[str, Any], token: str = FULL
) -> list[dict[str, Any]]:
    path = f"/repos/{name}/actions/runs/{run['id']}/pending_deployments"
    found: list[dict[str, Any]] = github.rest("GET", path, token=token).body
    return found


def test_an_approved_job_runs_with_the_token_of_its_environment(github: ServedGitHub) -> None:
    job = TOKEN_STEP.replace("ENVIRONMENT", "prod")
    before = jobs_text(first=STEP, second=f"needs: first\n{job.strip()}")
    id_ = gated(github, "bigcorp/approved", HEAD + before, OCTO)
    run = github.run("bigcorp/approved", status="waiting")
    jobs = github.jobs("bigcorp/approved", run)
    assert (jobs["first"]["status"], jobs["second"]["status"]) == ("completed", "waiting")
    (waiting,) = pending(github, "bigcorp/approved", run)
    assert (waiting["environment"]["name"], waiting["current_user_can_approve"]) == ("prod", True)
    assert [each["reviewer"]["login"] for each in waiting["reviewers"]] == ["octo"]
    (deployment,) = review(github, "bigcorp/approved", run, id_).body
    assert (deployment["environment"], deployment["sha"]) == ("prod", run["head_sha"])
    run = github.run("bigcorp/approved")
    assert run["conclusion"] == "success", github.logs("bigcorp/approved")
    log = github.log("bigcorp/approved", github.jobs("bigcorp/approved", run)["second"])
    assert claims_of(github, log)["sub"].endswith(":environment:prod")
    assert pending(github, "bigcorp/approved", run) == []
    approvals = f"/repos/bigcorp/approved/actions/runs/{run['id']}/approvals"
    (entry,) = github.rest("GET", approvals).body
    assert (entry["state"], entry["comment"]) == ("approved", "approved by me")
    assert entry["user"]["login"] == "octo"
    assert [each["id"] for each in entry["environments"]] == [id_]
    assert review(github, "bigcorp/approved", run, id_).status == 422


def test_a_rejected_job_fails_with_its_run(github: ServedGitHub) -> None:
    after = f"needs: deploy\nif: always()\n{STEP}"
    text = HEAD + jobs_text(deploy=GATED, after=after, skipped=f"needs: deploy\n{STEP}")
    id_ = gated(github, "bigcorp/rejected", text, SOMEBODY)
    run = github.run("bigcorp/rejected", status="waiting")
    assert pending(github, "bigcorp/rejected", run)[0]["current_user_can_approve"] is False
    answer = review(github, "bigcorp/rejected", run, id_, state="rejected", token=STRANGER)
    assert answer.status == 200
    run = github.run("bigcorp/rejected")
    found = {name: job["conclusion"] for name, job in github.jobs("bigcorp/rejected", run).items()}
    assert run["conclusion"] == "failure"
    assert found == {"deploy": "failure", "after": "success", "skipped": "skipped"}
    assert "The deployment to prod was rejected." in github.logs("bigcorp/rejected")


def test_only_a_reviewer_reviews(github: ServedGitHub) -> None:
    id_ = gated(github, "bigcorp/asked", HEAD + jobs_text(deploy=GATED), SOMEBODY)
    run = github.run("bigcorp/asked", status="waiting")
    refused = review(github, "bigcorp/asked", run, id_)
    assert refused.status == 422
    assert refused.body["errors"] == "No pending deployment requests to approve or reject"
    assert review(github, "bigcorp/asked", run, id_ + 1, token=STRANGER).status == 422
    assert review(github, "bigcorp/asked", run, id_, token="ghp_none").status == 404
    assert github.run("bigcorp/asked", status="waiting")["id"] == run["id"]
    assert review(github, "bigcorp/asked", run, id_, token=STRANGER).status == 200
    github.run("bigcorp/asked")


@pytest.mark.parametrize("alone", [True, False])
def test_who_started_the_run_reviews_it_unless_self_review_is_prevented(
    github: ServedGitHub, alone: bool
) -> None:
    name = f"bigcorp/self-{alone}".lower()
    text = HEAD + jobs_text(deploy=GATED)
    id_ = gated(github, name, text, OCTO, SOMEBODY, prevent_self_review=alone)
    run = github.run(name, status="waiting")
    assert pending(github, name, run)[0]["current_user_can_approve"] is not alone
    assert review(github, name, run, id_).status == (422 if alone else 200)
    if alone:
        assert review(github, name, run, id_, token=STRANGER).status == 200
    assert github.run(name)["conclusion"] == "success"


def test_a_team_reviews_by_any_of_its_members(github: ServedGitHub) -> None:
    github.create("bigcorp/team")
    wish = {"reviewers": [{"type": "Team", "id": RELEASERS}]}
    shown = github.rest("PUT", "/repos/bigcorp/team/environments/prod", wish).body
    assert shown["protection_rules"][0]["reviewers"][0]["reviewer"]["slug"] == "releasers"
    github.commit("bigcorp/team", {".github/workflows/work.yml": HEAD + jobs_text(deploy=GATED)})
    run = github.run("bigcorp/team", status="waiting")
    assert review(github, "bigcorp/team", run, shown["id"]).status == 422
    assert review(github, "bigcorp/team", run, shown["id"], token=STRANGER).status == 200
    assert github.run("bigcorp/team")["conclusion"] == "success"


def test_a_waiting_job_holds_its_concurrency_group_and_no_runner(
    own_github: ServedGitHub,
) -> None:
    github = own_github.start(jobs_at_once=1)
    name = "bigcorp/queue"
    group = "concurrency: {group: stage-prod, cancel-in-progress: false}\n"
    id_ = gated(github, name, HEAD + group + jobs_text(deploy=GATED), OCTO)
    first = github.run(name, status="waiting")
    github.workflow("other", HEAD + jobs_text(only=STEP))
    assert github.run("other")["conclusion"] == "success"  # on the only runner
    for number in (2, 3):
        github.commit(name, {"n": str(number)})
    assert github.run(name, number=2)["conclusion"] == "cancelled"
    assert pending(github, name, github.run(name, number=3, status="pending")) == []
    assert review(github, name, first, id_).status == 200
    assert github.run(name, number=1)["conclusion"] == "success"
    third = github.run(name, number=3, status="waiting")
    assert review(github, name, third, id_, state="rejected").status == 200
    assert github.run(name, number=3)["conclusion"] == "failure"
    assert github.stop() == 0


def test_a_waiting_run_can_be_cancelled(github: ServedGitHub) -> None:
    gated(github, "bigcorp/called-off", HEAD + jobs_text(deploy=GATED), OCTO)
    run = github.run("bigcorp/called-off", status="waiting")
    path = f"/repos/bigcorp/called-off/actions/runs/{run['id']}/cancel"
    assert github.rest("POST", path).status == 202
    assert github.run("bigcorp/called-off")["conclusion"] == "cancelled"


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_waiting_job_waits_on_after_a_restart(own_github: ServedGitHub, how: int) -> None:
    github = own_github.start()
    before = "outputs: {word: '${{ steps.say.outputs.word }}'}\n" + (
        "steps: [{id: say, run: 'echo word=kept >> $GITHUB_OUTPUT'}]"
    )
    after = (
        "needs: before\nenvironment: prod\nsteps: [{run: 'echo ${{ needs.before.outputs.word }}'}]"
    )
    id_ = gated(github, "bigcorp/kept", HEAD + jobs_text(before=before, deploy=after), OCTO)
    run = github.run("bigcorp/kept", status="waiting")
    github.stop(how)
    github.start()
    again = github.run("bigcorp/kept", status="waiting")
    assert again["id"] == run["id"]
    assert review(github, "bigcorp/kept", run, id_).status == 200
    run = github.run("bigcorp/kept")
    assert run["conclusion"] == "success", github.logs("bigcorp/kept")
    jobs = github.jobs("bigcorp/kept", run)
    assert len(jobs) == 2
    assert " kept\n" in github.log("bigcorp/kept", jobs["deploy"])
    assert github.stop() == 0


def test_a_job_reads_the_reviews_of_its_run_with_actions_read(github: ServedGitHub) -> None:
    call = 'curl -s -w " %{http_code}" -H "Authorization: Bearer ${{ github.token }}"'
    address = "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/approvals"
    steps = f"steps:\n  - run: |\n      {call} {address}"
    text = HEAD + jobs_text(
        may=f"environment: prod\npermissions: {{actions: read}}\n{steps}",
        other=f"needs: may\npermissions: {{contents: read}}\n{steps}",
    )
    id_ = gated(github, "bigcorp/told", text, OCTO)
    review(github, "bigcorp/told", github.run("bigcorp/told", status="waiting"), id_)
    run = github.run("bigcorp/told")
    jobs = github.jobs("bigcorp/told", run)
    said = github.log("bigcorp/told", jobs["may"])
    assert '"comment":"approved by me"' in said
    assert '"login":"octo"' in said
    assert "Resource not accessible by integration" in github.log("bigcorp/told", jobs["other"])


def test_environments_without_rules_wait_for_nobody(github: ServedGitHub) -> None:
    gated(github, "bigcorp/open", HEAD + jobs_text(deploy=GATED))
    assert github.run("bigcorp/open")["conclusion"] == "success"


def test_pygithub_understands_rules_and_waiting_runs(github: ServedGitHub) -> None:
    gated(github, "bigcorp/client", HEAD + jobs_text(deploy=GATED), OCTO)
    github.run("bigcorp/client", status="waiting")
    with pygithub.Github(auth=pygithub.Auth.Token(FULL), base_url=f"{github.url}/api/v3") as client:
        repository = client.get_repo("bigcorp/client")
        (rule,) = repository.get_environment("prod").protection_rules
        assert rule.type == "required_reviewers"
        assert [each.reviewer.login for each in rule.reviewers] == ["octo"]
        (run,) = repository.get_workflow_runs(status="waiting")  # type: ignore[arg-type]
        assert run.cancel()
    github.run("bigcorp/client")
