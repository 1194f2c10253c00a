"""Starts one run for each order, whatever fails on the way.

An event is a hint to look; what counts is the registry. A claim (`claims.py`) decides who starts:

1. not wanted: the claim is removed, so that the next time the run is started again;
2. wanted and nobody's: take the claim, look again whether it is wanted, dispatch, note it;
3. a claim that was left behind: look on GitHub whether its run is there before dispatching.

An event that finds somebody else's claim can be dropped: that other event is tried again by
Lambda, and waits in the queue after that. See docs/decisions/functions-exactly-once-approvals.md.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from deploy_dispatch.claims import STARTED, STARTING, Claim, Claims
from deploy_dispatch.dispatch_workflow import dispatch_workflow, explain_refusal
from deploy_dispatch.order import Order
from deploy_dispatch.project import Project
from deploy_dispatch.workflow_runs import find_run, was_dropped
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
    """The claim was removed or taken over."""


@dataclass(frozen=True)
class Deployment:
    """What one event has at hand to see to one order.

    Args:
        order: what is to be started.
        is_wanted: asks the registry whether it still is.
        event_id: whose claims are ours.
        project: where the workflows are.
        claims: the table.
        connect: reads the token and returns GitHub; only called when it is needed.
        deadline: of this invocation.
        read_timeout_seconds: after which an answer of GitHub counts as lost.
    """

    order: Order
    is_wanted: Callable[[], bool]
    event_id: str
    project: Project
    claims: Claims
    connect: Callable[[], GitHubApi]
    deadline: Deadline
    read_timeout_seconds: float

    @property
    def request_over_seconds(self) -> float:
        """How long after its claim a request can still start a run."""
        return _BESIDE_THE_ANSWER_SECONDS + max(DEFAULT_SECONDS, self.read_timeout_seconds)

    def settle(self) -> str:
        """Do what the state of things asks for, and say what was done.

        Raises:
            GitHubError: GitHub did not start it; the event must be tried again.
            ClaimBusyError: the same.
        """
        done = self._step()
        while done is None:
            done = self._step()
        return done

    def resume(self) -> str:
        """Start the run again if GitHub dropped it for a later one, and say what was done.

        Raises:
            GitHubError: as for `settle`.
        """
        claim = self.claims.find(self.order.claim)
        if claim is None or claim.state != STARTED:
            return f"ignored: {self.order.title!r} was not started"
        api = self.connect()
        run = find_run(api, self.project, self.order, claim.since)
        if run is None or not was_dropped(api, self.project, self.order, run):
            return f"ignored: {self.order.title!r} was not dropped"
        self.claims.remove(claim)
        return self.settle()

    def release(self) -> None:
        """Give the claim up unless the run is wanted; start nothing, whatever changes meanwhile."""
        claim = self.claims.find(self.order.claim)
        while claim is not None and not self.is_wanted() and not self._give_up(claim):
            claim = self.claims.find(self.order.claim)

    def _give_up(self, claim: Claim) -> bool:
        is_removed = self.claims.remove(claim)
        if is_removed:
            title = self.order.title
            _log.info("nobody wants %r any more; the next time it is started again", title)
        return is_removed

    def _step(self) -> str | None:
        """Do one thing; None if it must be looked at again.

        The claim is read before the registry: what is not wanted then was not when claimed.
        """
        title = self.order.title
        claim = self.claims.find(self.order.claim)
        if not self.is_wanted():
            if claim is None:
                return f"ignored: nobody wants {title!r}"
            self._give_up(claim)
            return None
        if claim is None:
            return self._take()
        if claim.state == STARTED:
            return f"ignored: {title!r} was started already"
        age = self.deadline.clock() - claim.claimed_at
        ours = claim.claimed_by == self.event_id
        if age >= (self.request_over_seconds if ours else LEASE_SECONDS):
            return self._take_over(claim)
        if not ours:
            return f"ignored: event {claim.claimed_by} starts {title!r}"
        if not self.deadline.allows(self.request_over_seconds - age):
            raise ClaimBusyError(title)
        self.deadline.sleep(_LOOK_EVERY_SECONDS)
        return None

    def _take(self) -> str | None:
        now = round(self.deadline.clock(), 3)
        repository = self.project.deploy_full_name
        claim = Claim(self.order.claim, STARTING, self.event_id, now, now, repository)
        if not self.claims.take(claim):
            return None
        return self._start(claim, visible_by=None)

    def _take_over(self, old: Claim) -> str | None:
        claim = old.renewed(self.event_id, self.deadline.clock())
        if not self.claims.replace(old, claim):
            return None
        _log.info("taking over the claim of event %s", old.claimed_by)
        visible_by = old.claimed_at + self.request_over_seconds + VISIBLE_WITHIN_SECONDS
        return self._start(claim, visible_by=visible_by)

    def _start(self, claim: Claim, *, visible_by: float | None) -> str | None:
        """Start the run under a claim, and note it.

        Args:
            claim: ours.
            visible_by: when a run that was started under it before can be seen; None if none was.
        """
        attempt = _Attempt(self, claim)
        try:
            if not self.is_wanted():
                self.claims.remove(claim)
                return None
            attempt.run(visible_by)
        except _ClaimLostError:
            return None
        except Exception:
            # Nothing was sent under it: the next to come may start without looking around.
            if visible_by is None and not attempt.may_have_started:
                self.claims.remove(attempt.claim)
            raise
        if not self.claims.replace(attempt.claim, attempt.claim.started()):
            return None
        return f"started {self.order.title!r}"


class _Attempt:
    """One try to start the run; `claim` moves with its renewals."""

    def __init__(self, deployment: Deployment, claim: Claim) -> None:
        self._at = deployment
        self.claim = claim
        self.may_have_started = False

    def run(self, visible_by: float | None) -> None:
        """Start the run, or find that it was started."""
        api = self._at.connect()
        if visible_by is not None and self._see_run(api, visible_by):
            return
        order, clock = self._at.order, self._at.deadline.clock
        while True:
            # Whoever saw it unwanted before this moment can no longer remove the claim.
            self._renew()
            try:
                dispatch_workflow(api, self._at.project, order, before_repeat=self._renew)
            except UnreachableError as error:
                if not error.maybe_applied:
                    raise
                self.may_have_started = True
                _log.warning("%s; looking whether the run is there", error.summary)
                if self._see_run(api, clock() + VISIBLE_WITHIN_SECONDS):
                    return
                needed = self._at.request_over_seconds + VISIBLE_WITHIN_SECONDS
                if not self._at.deadline.allows(needed):
                    raise
                continue
            return

    def _renew(self) -> None:
        """Hold the claim anew, so that `request_over_seconds` counts from the request."""
        clock = self._at.deadline.clock
        while True:
            renewed = self.claim.renewed(self._at.event_id, clock())
            if not self._at.claims.replace(self.claim, renewed):
                raise _ClaimLostError
            self.claim = renewed
            if clock() - renewed.claimed_at < _SLOW_RENEWAL_SECONDS:
                return

    def _see_run(self, api: GitHubApi, visible_by: float) -> bool:
        """Look for the run until it would have to be visible."""
        project, order, deadline = self._at.project, self._at.order, self._at.deadline
        while True:
            try:
                found = find_run(api, project, order, self.claim.since)
            except RefusedError as error:
                raise explain_refusal(api, project, order.workflow, error) from None
            if found is not None:
                _log.info("its run is there: %s", found["html_url"])
                return True
            if deadline.clock() >= visible_by:
                return False
            deadline.sleep(_LOOK_EVERY_SECONDS)
