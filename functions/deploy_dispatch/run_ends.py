"""How a run ended: what its report says, once GitHub confirms the run, or GitHub alone."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from deploy_dispatch.order import DEPLOY, LOOK, REMOVE, REMOVE_WORKFLOW, RESTORE, Order
from deploy_dispatch.project import Project
from deploy_dispatch.stage_record import (
    CANCELLED,
    DEPLOYED,
    FAILED,
    LOOKED,
    REMOVED,
    ROLLED_BACK,
    WITHDRAWN,
    RunEnd,
    StageRecord,
    UnderWay,
)
from deploy_dispatch.stage_report import ReportError, StageReport, is_version_of
from deploy_dispatch.workflow_runs import (
    find_attempt,
    find_run,
    has_begun,
    is_run_of,
    moment_of,
    newest_runs,
    place_of,
    was_dropped,
)
from github_client.api import GitHubApi

# A report may be on its way for so long after its run has ended.
_REPORT_WITHIN_SECONDS = 120.0
# A run that is not there so long after it was started is gone, or never came to be.
_GONE_AFTER_SECONDS = 240.0
_BY_HAND = "the newest approved model"
_TITLE = re.compile(
    r"(Deploy (?P<arn>.+) to|Remove|(?P<look>Look at)) (?P<stage>[a-z0-9]+)"
    r"( instead of (?P<rejected>\S+))?"
)


@dataclass(frozen=True)
class OthersRuns:
    """Runs of a stage that people started, before an order is given.

    Args:
        newest_id: of all runs of the project; 0 if there is none.
        title: of the latest one that is not counted yet; empty if all are.
        end: how that ended, if it did and sent no report in time; None while it may.
    """

    newest_id: int
    title: str = ""
    end: RunEnd | None = None


@dataclass(frozen=True)
class RunEnds:
    """Asks GitHub about the runs of one project.

    Args:
        api: GitHub.
        project: where the runs are.
        now: seconds since the epoch.
    """

    api: GitHubApi
    project: Project
    now: float

    def of_report(
        self, report: StageReport, record: StageRecord, decision_of: Callable[[str], int]
    ) -> RunEnd:
        """What a report means for a stage, if its run is what the report says.

        Args:
            report: of a run, whoever started it.
            record: of its stage.
            decision_of: tells the number of the last decision about a version, for a run that
                nobody ordered.

        Raises:
            ReportError: GitHub knows no such run, or the run does something else.
        """
        run = find_attempt(self.api, self.project, report.run_id, report.attempt)
        if run is None:
            raise ReportError(f"GitHub has no attempt {report.attempt} of the run {report.run_url}")
        order = self._order(run, report, decision_of)
        under_way = record.under_way
        is_ordered = under_way is not None and _is_first_run_of(under_way, run)
        return RunEnd(
            order=under_way.order if under_way is not None and is_ordered else order,
            outcome=report.outcome,
            serves=report.serves,
            place=place_of(run),
            run_id=run["id"],
            moment=self._moment(),
            is_untouched=report.is_untouched,
            since=under_way.since if under_way is not None and is_ordered else 0,
            run=report.run_url,
            configuration=report.configuration or str(run.get("head_sha") or ""),
        )

    def without_report(self, under_way: UnderWay) -> RunEnd | None:
        """What GitHub alone tells of an order's run; None while it goes on or may still report."""
        run = find_run(self.api, self.project, under_way)
        if run is None:
            is_gone = self.now - under_way.since / 1000 > _GONE_AFTER_SECONDS
            return self._gone(under_way) if is_gone else None
        if run["status"] != "completed":
            return None
        if not has_begun(self.api, self.project, run):
            return self._never_begun(under_way, run)
        if self.now - moment_of(run, "updated_at") < _REPORT_WITHIN_SECONDS:
            return None
        return self._end(under_way, run, _outcome(run))

    def of_others(self, order: Order, record: StageRecord) -> OthersRuns:
        """Look for a run of a stage that nobody ordered and whose end is not counted yet.

        A stage is left to it: what is started beside it would push it aside, or follow on what is
        not known. What never began changed nothing.
        """
        runs = newest_runs(self.api, self.project)
        newest_id = max((run["id"] for run in runs), default=0)
        uncounted = [
            run
            for run in runs
            if order.shares_stage(str(run.get("display_title"))) and place_of(run) > record.last_run
        ]
        for run in sorted(uncounted, key=place_of, reverse=True):
            is_over = run["status"] == "completed"
            if is_over and not has_begun(self.api, self.project, run):
                continue
            may_report = self.now - moment_of(run, "updated_at") < _REPORT_WITHIN_SECONDS
            end = self._silent_end(order.stage, run) if is_over and not may_report else None
            return OthersRuns(newest_id, str(run["display_title"]), end)
        return OthersRuns(newest_id)

    def _silent_end(self, stage: str, run: dict[str, Any]) -> RunEnd:
        return RunEnd(
            order=Order(REMOVE, stage),
            outcome=_outcome(run),
            serves=None,
            place=place_of(run),
            run_id=run["id"],
            moment=self._moment(),
            run=str(run["html_url"]),
        )

    def _order(
        self, run: dict[str, Any], report: StageReport, decision_of: Callable[[str], int]
    ) -> Order:
        title, file = str(run.get("display_title")), str(run.get("path")).rpartition("/")[2]
        found = _TITLE.fullmatch(title)
        is_ours = file in (self.project.deploy_workflow, REMOVE_WORKFLOW)
        if found is None or found["stage"] != report.stage or not is_ours:
            raise ReportError(f"the run {report.run_url} is {title!r}, and not of {report.stage}")
        self._require_fit(report, "look" if found["look"] else found["arn"])
        if found["look"]:
            return Order(LOOK, report.stage)
        rejected = found["rejected"] or ""
        arn = report.model_package_arn if found["arn"] == _BY_HAND else found["arn"] or ""
        if not report.model_package_arn and not is_version_of(report.group, arn):
            arn = ""  # asked for by a person, and not the project's, so it was not deployed
        if arn and arn.lower() != report.model_package_arn.lower():
            raise ReportError(f"the run {report.run_url} is {title!r}, and of no other version")
        decision = decision_of(rejected or report.model_package_arn)
        if not arn:
            return Order(REMOVE, report.stage, instead_of=rejected, decision=decision)
        return Order(RESTORE if rejected else DEPLOY, report.stage, arn, rejected, decision)

    def _require_fit(self, report: StageReport, does: str | None) -> None:
        """Refuse an outcome that a run cannot have: `does` is a version, or "look", or nothing."""
        fits = {LOOKED: does == "look", REMOVED: not does}
        deploys = bool(does) and does != "look"
        fits |= {DEPLOYED: deploys and report.serves == report.model_package_arn}
        fits |= {ROLLED_BACK: deploys}
        if not fits.get(report.outcome, True):
            raise ReportError(f"the run {report.run_url} cannot end as {report.outcome}")

    def _never_begun(self, under_way: UnderWay, run: dict[str, Any]) -> RunEnd:
        if run["conclusion"] == CANCELLED:
            is_ours = under_way.state == WITHDRAWN
            is_dropped = is_ours or was_dropped(self.api, self.project, under_way.order, run)
            return self._end(under_way, run, CANCELLED, is_untouched=True, is_dropped=is_dropped)
        trouble = (
            f"{under_way.order.title} did not begin, as {run['html_url']} shows; put right what "
            "it names, then re-run it there."
        )
        return self._end(under_way, run, FAILED, is_untouched=True, trouble=trouble)

    def _gone(self, under_way: UnderWay) -> RunEnd:
        moment = self._moment()
        return RunEnd(
            order=under_way.order,
            since=under_way.since,
            outcome=FAILED,
            serves=None,
            place=moment,
            moment=moment,
            trouble=(
                f"the run {under_way.order.title!r} is not on GitHub, where it was deleted or "
                "never came to be; start it by hand."
            ),
        )

    def _end(self, under_way: UnderWay, run: dict[str, Any], outcome: str, **more: Any) -> RunEnd:
        return RunEnd(
            order=under_way.order,
            since=under_way.since,
            outcome=outcome,
            serves=None,
            place=place_of(run),
            run_id=run["id"],
            moment=self._moment(),
            run=str(run["html_url"]),
            configuration=str(run.get("head_sha") or ""),
            **more,
        )

    def _moment(self) -> str:
        return f"{datetime.fromtimestamp(self.now, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _outcome(run: dict[str, Any]) -> str:
    """What a run came to that told nothing itself."""
    return CANCELLED if run["conclusion"] == CANCELLED else FAILED


def _is_first_run_of(under_way: UnderWay, run: dict[str, Any]) -> bool:
    """Tell whether it is the run of an order, and not run again by a person."""
    return run["run_attempt"] == 1 and is_run_of(under_way, run)
