"""Starts one run for each order, whatever fails on the way.

1. claim the stage for the order, unless something else is under way there by now;
2. hold the claim anew right before the request, so that it counts from there, and send it;
3. write down that it is started; if the answer was lost, look for the run first.

A claim that was left behind is not carried out: whoever takes it over looks whether its run is
there, and otherwise takes it back, so that it is decided anew what is wanted.
"""

import logging
from dataclasses import dataclass, replace

from deploy_dispatch.dispatch_workflow import dispatch_workflow, explain_refusal
from deploy_dispatch.ledger import Ledger
from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from deploy_dispatch.stage_record import STARTED, STARTING, StageRecord, UnderWay
from deploy_dispatch.workflow_runs import find_run
from github_client.api import GitHubApi
from github_client.errors import RefusedError, UnreachableError
from github_client.read_timeout import DEFAULT_SECONDS
from invocation.deadline import Deadline

# A claim is renewed right before its request, which ends by time limits: 5 s to connect, and the
# read time-out. One that is shorter than the default ends our waiting, not GitHub's work.
_BESIDE_THE_ANSWER_SECONDS = 10.0
# A run shows in GitHub's list some seconds after it was started.
VISIBLE_WITHIN_SECONDS = 20.0
# Somebody else's claim: longer than any invocation lasts, retries come within it.
LEASE_SECONDS = 300.0
_LOOK_EVERY_SECONDS = 2.0
_SLOW_RENEWAL_SECONDS = 4.0

_log = logging.getLogger(__name__)


class ClaimBusyError(Exception):
    """Another attempt for the same event is still at work."""

    def __init__(self, title: str) -> None:
        super().__init__(
            f"An earlier attempt still starts the run {title!r}; the event is tried again by "
            "itself."
        )


class _ClaimLostError(Exception):
    """The claim was taken over."""


@dataclass(frozen=True)
class Starter:
    """Starts runs on behalf of one event.

    Args:
        event_id: whose claims are ours.
        group: the project's model package group.
        project: where the workflows are.
        ledger: holds the claims.
        api: GitHub.
        deadline: of this invocation.
        read_timeout_seconds: after which an answer of GitHub counts as lost.
    """

    event_id: str
    group: str
    project: Project
    ledger: Ledger
    api: GitHubApi
    deadline: Deadline
    read_timeout_seconds: float

    @property
    def request_over_seconds(self) -> float:
        """How long after its claim a request can still start a run."""
        return _BESIDE_THE_ANSWER_SECONDS + max(DEFAULT_SECONDS, self.read_timeout_seconds)

    def start(self, order: Order, known: StageRecord, newest_id: int) -> str:
        """Start a run, unless the stage is not as it was when that was decided.

        Args:
            order: which.
            known: what was known of the stage.
            newest_id: of the runs that are there already.

        Raises:
            GitHubError: GitHub did not start it; the event must be tried again.
        """
        claim = self._claim(order, known, max(newest_id, known.last_ordered))
        if claim is None:
            return f"overtaken: {order.title!r}"
        attempt = _Attempt(self, claim)
        try:
            attempt.run()
        except _ClaimLostError:
            return f"overtaken: {order.title!r}"
        except Exception:
            # Nothing was sent under it: the next to come may start without looking around.
            if not attempt.may_have_started:
                self.take_back(attempt.claim)
            raise
        self._put(attempt.claim, replace(attempt.claim, state=STARTED))
        return f"started {order.title!r}"

    def resume(self, claim: UnderWay) -> str:
        """See to a claim that was left behind, or say whose it is.

        Raises:
            ClaimBusyError: an earlier attempt for this event may still be at work.
            GitHubError: GitHub does not tell whether its run is there.
        """
        title, ours = claim.order.title, claim.claimed_by == self.event_id
        over = self.request_over_seconds if ours else LEASE_SECONDS
        left = over - (self._now() - claim.claimed_at) / 1000
        if left > 0 and not ours:
            return f"ignored: event {claim.claimed_by} starts {title!r}"
        if left > 0 and not self.deadline.allows(left):
            raise ClaimBusyError(title)
        self.deadline.sleep(max(0.0, left))
        held = claim.renewed(self.event_id, self._now())
        if not self._put(claim, held):
            return f"overtaken: {title!r}"
        _log.info("taking over the claim of event %s", claim.claimed_by)
        visible_by = claim.claimed_at / 1000 + self.request_over_seconds + VISIBLE_WITHIN_SECONDS
        if self.see_run(held, visible_by):
            self._put(held, replace(held, state=STARTED))
            return f"started {title!r}"
        self.take_back(held)
        return f"taken back: {title!r}"

    def take_back(self, claim: UnderWay) -> bool:
        """Give a claim up; False if it is not there any more."""
        return self._put(claim, None)

    def see_run(self, claim: UnderWay, visible_by: float) -> bool:
        """Look for the run of a claim until it would have to be visible."""
        order, deadline = claim.order, self.deadline
        workflow = order.workflow(self.project.deploy_workflow)
        while True:
            try:
                found = find_run(self.api, self.project, claim)
            except RefusedError as error:
                raise explain_refusal(self.api, self.project, workflow, error) from None
            if found is not None:
                _log.info("its run is there: %s", found["html_url"])
                return True
            if deadline.clock() >= visible_by:
                return False
            deadline.sleep(_LOOK_EVERY_SECONDS)

    def hold_anew(self, claim: UnderWay) -> UnderWay:
        """Hold a claim so that `request_over_seconds` counts from now on."""
        while True:
            held = claim.renewed(self.event_id, self._now())
            if not self._put(claim, held):
                raise _ClaimLostError
            claim = held
            if self._now() - held.claimed_at < _SLOW_RENEWAL_SECONDS * 1000:
                return held

    def _claim(self, order: Order, known: StageRecord, after: int) -> UnderWay | None:
        now = self._now()
        claim = UnderWay(order, STARTING, self.event_id, now, now, after)

        def take(record: StageRecord) -> StageRecord:
            return replace(record, under_way=claim) if record == known else record

        self.ledger.mark_busy(self.group)
        before, _ = self.ledger.change_stage(self.group, order.stage, take)
        return claim if before == known else None

    def _put(self, old: UnderWay, new: UnderWay | None) -> bool:
        def put(record: StageRecord) -> StageRecord:
            return replace(record, under_way=new) if record.under_way == old else record

        before, _ = self.ledger.change_stage(self.group, old.order.stage, put)
        return before.under_way == old

    def _now(self) -> int:
        return round(self.deadline.clock() * 1000)


class _Attempt:
    """One try to start the run; `claim` moves with its renewals."""

    def __init__(self, starter: Starter, claim: UnderWay) -> None:
        self._by = starter
        self.claim = claim
        self.may_have_started = False

    def run(self) -> None:
        """Start the run, or find that it was started."""
        by, order = self._by, self.claim.order
        while True:
            self._hold()
            try:
                dispatch_workflow(by.api, by.project, order, before_repeat=self._hold)
            except UnreachableError as error:
                if not error.maybe_applied:
                    raise
                self.may_have_started = True
                _log.warning("%s; looking whether the run is there", error.summary)
                if by.see_run(self.claim, by.deadline.clock() + VISIBLE_WITHIN_SECONDS):
                    return
                if not by.deadline.allows(by.request_over_seconds + VISIBLE_WITHIN_SECONDS):
                    raise
                continue
            return

    def _hold(self) -> None:
        self.claim = self._by.hold_anew(self.claim)
