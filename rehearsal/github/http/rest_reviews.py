"""REST: deployments of a run that wait for a review, and the reviews.

Imitated: https://docs.github.com/en/rest/actions/workflow-runs (API version 2022-11-28).
"""

from rehearsal.github.actions.reviews import Review, may_review, pending_deployments, review
from rehearsal.github.core.resources import Approval, Environment, Run
from rehearsal.github.http.call import REPO, ApiRoute, Call, Reply
from rehearsal.github.shapes import environment_shapes

_RUN = REPO + "/actions/runs/{run}"


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


ROUTES = (
    ApiRoute("GET", _RUN + "/pending_deployments", list_pending),
    ApiRoute("POST", _RUN + "/pending_deployments", post_review),
    ApiRoute("GET", _RUN + "/approvals", list_approvals),
)
