"""REST: workflows, dispatches, runs with their reviews, jobs and their logs.

Imitated: https://docs.github.com/en/rest/actions (API version 2022-11-28).
"""

import hashlib
import hmac
import secrets
from functools import partial
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rehearsal.github.actions.cancellations import cancel
from rehearsal.github.actions.reruns import as_it_was, rerun
from rehearsal.github.actions.reviews import Review, may_review, pending_deployments, review
from rehearsal.github.actions.run_records import log_path
from rehearsal.github.actions.runs import dispatch, find_workflow
from rehearsal.github.core.errors import NotFoundError
from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Approval, Environment, Job, Run
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.shapes import environment_shapes, run_shapes

LOGS = "/_services/logs"


class NewDispatch(BaseModel):
    """Body of ``POST …/dispatches``."""

    ref: str
    inputs: dict[str, Any] = Field(default_factory=dict)
    return_run_details: bool = False


def get_workflow(call: Call) -> Reply:
    """One workflow by id or file name."""
    record = call.repository("actions")
    found = find_workflow(call.github, record, call.path["workflow"])
    return Reply(200, run_shapes.workflow(call.github, record, found))


def post_dispatch(call: Call) -> Reply:
    """Start a workflow by hand."""
    record = call.repository("actions", "write")
    wish = call.parse(NewDispatch)
    workflow = find_workflow(call.github, record, call.path["workflow"])
    actor = call.user().account
    run = dispatch(call.github, record, workflow, ref=wish.ref, inputs=wish.inputs, actor=actor)
    if not wish.return_run_details:
        return Reply(204)
    shape = run_shapes.run(call.github, record, run)
    body = {"workflow_run_id": run.id, "run_url": shape["url"], "html_url": shape["html_url"]}
    return Reply(200, body)


def list_runs(call: Call) -> Reply:
    """Runs of a repository or of one workflow, newest first."""
    record = call.repository("actions")
    equal: dict[str, Any] = {"repository_id": record.id}
    if "workflow" in call.path:
        workflow = find_workflow(call.github, record, call.path["workflow"])
        equal["workflow_id"] = workflow.id
    for parameter, name in (("event", "event"), ("head_sha", "shown_sha"), ("actor", "actor")):
        if parameter in call.query:
            equal[name] = call.query[parameter]
    found = [run for run in call.github.store.newest(Run, **equal) if _matches(run, call.query)]
    return call.paged(found, partial(run_shapes.run, call.github, record), "workflow_runs")


def get_run(call: Call) -> Reply:
    """One run."""
    record = call.repository("actions")
    return Reply(200, run_shapes.run(call.github, record, call.owned(Run, record, "run")))


def cancel_run(call: Call) -> Reply:
    """Ask for the end of a run."""
    record = call.repository("actions", "write")
    cancel(call.github, call.owned(Run, record, "run"))
    return Reply(202, {})


def rerun_run(call: Call) -> Reply:
    """Run a run again."""
    record = call.repository("actions", "write")
    rerun(call.github, call.owned(Run, record, "run"), call.user().account)
    return Reply(201, {})


def get_attempt(call: Call) -> Reply:
    """A run as one of its attempts left it."""
    record = call.repository("actions")
    run, attempt = call.owned(Run, record, "run"), call.path["attempt"]
    found = as_it_was(run, int(attempt)) if attempt.isdecimal() else None
    if found is None:
        raise NotFoundError
    return Reply(200, run_shapes.run(call.github, record, found))


def list_jobs(call: Call) -> Reply:
    """Jobs of a run: those of its last attempt, unless all are asked for."""
    record = call.repository("actions")
    run = call.owned(Run, record, "run")
    found = call.github.store.select(Job, run_id=run.id)
    if call.query.get("filter") != "all":
        found = [job for job in found if job.attempt == run.attempt]
    return call.paged(found, partial(run_shapes.job, call.github, record, run), "jobs")


def get_job_log(call: Call) -> Reply:
    """Where a job's log is, as text."""
    job = call.owned(Job, call.repository("actions"), "job")
    if not log_path(call.github, job.id).exists():
        raise NotFoundError
    path = f"{LOGS}/jobs/{job.id}"
    location = f"{call.github.server_url}{path}?sig={_signature(call.github, path)}"
    return Reply(302, None, {"Location": location})


def list_pending(call: Call) -> Reply:
    """Environments whose rules a run waits for."""
    record = call.repository("actions")
    run = call.owned(Run, record, "run")
    shown = [
        environment_shapes.pending_deployment(
            call.github,
            record,
            pending.environment,
            since=pending.jobs[0].waiting_since if pending.environment.wait_timer_minutes else None,
            can_approve=may_review(call.github, call.principal, record, run, pending),
        )
        for pending in pending_deployments(call.github, record, run)
    ]
    return Reply(200, shown)


def post_review(call: Call) -> Reply:
    """Approve or reject; any reader may try, only a reviewer can.

    A job's token needs ``deployments: write`` and is nobody's reviewer.
    """
    user = call.user()
    record = call.repository("deployments", "write" if user.is_job else "read")
    run = call.owned(Run, record, "run")
    jobs = review(call.github, user, record, run, call.parse(Review))
    return Reply(200, [environment_shapes.deployment(call.github, record, run, j) for j in jobs])


def list_approvals(call: Call) -> Reply:
    """Reviews of a run, in the order in which they were made."""
    record = call.repository("actions")
    run = call.owned(Run, record, "run")
    shown = []
    for approval in call.github.store.select(Approval, run_id=run.id):
        found = [call.github.store.get(Environment, id_) for id_ in approval.environment_ids]
        environments = [environment for environment in found if environment is not None]
        shown.append(environment_shapes.approval(call.github, record, approval, environments))
    return Reply(200, shown)


class LogDownloads:
    """Serves logs to whoever holds a signed address, as GitHub's blob storage does."""

    def __init__(self, github: LocalGitHub) -> None:
        self._github = github

    def routes(self) -> list[Route]:
        """The addresses that log redirects point to."""
        return [Route(f"{LOGS}/jobs/{{id:int}}", self._job)]

    def _job(self, request: Request) -> Response:
        given = request.query_params.get("sig", "")
        if not secrets.compare_digest(given, _signature(self._github, request.url.path)):
            return PlainTextResponse("Signature not valid.", 403)
        path = log_path(self._github, request.path_params["id"])
        return PlainTextResponse(path.read_text(encoding="utf-8"))


def _signature(github: LocalGitHub, path: str) -> str:
    return hmac.new(github.signing_key(), path.encode(), hashlib.sha256).hexdigest()


def _matches(run: Run, query: dict[str, str]) -> bool:
    is_branch = not run.ref.startswith("refs/tags/")
    if "branch" in query and (run.shown_branch != query["branch"] or not is_branch):
        return False
    return "status" not in query or query["status"] in (run.status, run.conclusion)


ROUTES = (
    ApiRoute("GET", REPO + "/actions/workflows/{workflow}", get_workflow),
    ApiRoute("GET", REPO + "/actions/workflows/{workflow}/runs", list_runs),
    ApiRoute("POST", REPO + "/actions/workflows/{workflow}/dispatches", post_dispatch),
    ApiRoute("GET", REPO + "/actions/runs", list_runs),
    ApiRoute("GET", REPO + "/actions/runs/{run}", get_run),
    ApiRoute("POST", REPO + "/actions/runs/{run}/cancel", cancel_run),
    ApiRoute("POST", REPO + "/actions/runs/{run}/rerun", rerun_run),
    ApiRoute("GET", REPO + "/actions/runs/{run}/attempts/{attempt}", get_attempt),
    ApiRoute("GET", REPO + "/actions/runs/{run}/jobs", list_jobs),
    ApiRoute("GET", REPO + "/actions/runs/{run}/pending_deployments", list_pending),
    ApiRoute("POST", REPO + "/actions/runs/{run}/pending_deployments", post_review),
    ApiRoute("GET", REPO + "/actions/runs/{run}/approvals", list_approvals),
    ApiRoute("GET", REPO + "/actions/jobs/{job}/logs", get_job_log),
)
