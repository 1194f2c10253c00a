"""The pages of runs while they go on: steps, logs as they are written, reviews of environments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rehearsal.conductor.waiting import look_until_found
from rehearsal.tests.github.actions.test_reviews import OCTO, RELEASERS, gated, review
from rehearsal.tests.github.actions.test_runs import HEAD, jobs_text
from rehearsal.tests.github.pages.reading import HOSTILE, Reader, read, text_of
from rehearsal.tests.github.served_github import STRANGER, ServedGitHub

SOMEBODY = 1002
WAITING = """steps:
  - name: "Wait <b>here</b>"
    run: |
      echo "::group::A group of its own"
      echo 'began <i>it</i>'
      for _ in $(seq 150); do test -e SIGN && exit 0; sleep 0.2; done; exit 1
"""


def address_of(github: ServedGitHub, record: dict[str, Any]) -> str:
    return str(record["html_url"]).removeprefix(github.url)


def test_a_log_is_shown_as_it_is_written_until_its_job_ends(
    github: ServedGitHub, tmp_path: Path
) -> None:
    sign = tmp_path / "sign"
    github.workflow("log-written", HEAD + jobs_text(only=WAITING.replace("SIGN", str(sign))))
    run = github.run("log-written", status="in_progress")
    job = address_of(github, github.jobs("log-written", run)["only"])
    page = look_until_found(lambda: _if_in(read(github, job)[1], "began &lt;i&gt;"), seconds=20)
    assert page is not None
    assert "Wait <b>here</b>: in progress" in text_of(page)
    assert Reader(page).is_live
    assert "data-live" in page
    (step,) = [link for link in Reader(page).links if link.startswith("#step-")][-1:]
    assert step.removeprefix("#") in Reader(page).ids
    assert Reader(read(github, address_of(github, run))[1]).is_live
    assert Reader(read(github, "/octo/log-written/actions")[1]).is_live
    sign.touch()
    github.run("log-written")
    for address in (job, address_of(github, run), "/octo/log-written/actions"):
        page = read(github, address)[1]
        assert "success" in text_of(page)
        assert not Reader(page).is_live
        assert "data-live" not in page
    assert read(github, job.replace("/job/", "/job/9"))[0] == 404


def _if_in(page: str, text: str) -> str | None:
    return page if text in page else None


def test_a_run_tells_who_has_to_review_it_and_who_did(github: ServedGitHub) -> None:
    job = "environment: prod\nsteps: [{run: 'true'}]"
    id_ = gated(github, "bigcorp/reviewed", HEAD + jobs_text(only=job), SOMEBODY)
    rules = {"reviewers": [{"type": "User", "id": 1002}, {"type": "Team", "id": RELEASERS}]}
    github.rest("PUT", "/repos/bigcorp/reviewed/environments/prod", rules)
    run = github.run("bigcorp/reviewed", status="waiting")
    page = address_of(github, run)
    text = text_of(read(github, page)[1])
    assert "waiting for a review by stranger or bigcorp/releasers, since 20" in text
    body = {"environment_ids": [id_], "state": "approved", "comment": HOSTILE}
    path = f"/repos/bigcorp/reviewed/actions/runs/{run['id']}/pending_deployments"
    assert github.rest("POST", path, body, token=STRANGER).status == 200
    github.run("bigcorp/reviewed")
    text = text_of(read(github, page)[1])
    assert "prod: approved by stranger 20" in text
    assert HOSTILE in text
    assert "for a review" not in text
    for query, is_there in (("", True), ("?environments_filter=PROD", True), ("?page=2", False)):
        _, shown = read(github, f"/bigcorp/reviewed/deployments/activity_log{query}")
        assert (page in shown) == is_there
    _, shown = read(github, "/bigcorp/reviewed/deployments/activity_log?environments_filter=dev")
    assert "No job has deployed to dev yet" in shown


def test_a_rejected_run_says_so(github: ServedGitHub) -> None:
    job = "environment: prod\nsteps: [{run: 'true'}]"
    id_ = gated(github, "bigcorp/refused", HEAD + jobs_text(only=job), OCTO)
    run = github.run("bigcorp/refused", status="waiting")
    review(github, "bigcorp/refused", run, id_, state="rejected")
    github.run("bigcorp/refused")
    _, page = read(github, address_of(github, run))
    assert "prod: rejected by octo" in text_of(page)


def test_earlier_attempts_stay_reachable(github: ServedGitHub) -> None:
    github.workflow("run-again", HEAD + jobs_text(only="steps: [{run: 'false'}]"))
    run = github.run("run-again")
    before = address_of(github, github.jobs("run-again", run)["only"])
    github.rest("POST", f"/repos/octo/run-again/actions/runs/{run['id']}/rerun")
    run = github.run("run-again", attempt=2)
    _, page = read(github, address_of(github, run))
    assert "attempt 2" in text_of(page)
    assert "Attempt 1:" in text_of(page)
    assert before in Reader(page).links
    assert read(github, before)[0] == 200
