"""The run of the registration workflow for what was pushed."""

from dataclasses import dataclass

from github import GithubException, UnknownObjectException
from github.WorkflowRun import WorkflowRun

from operations.company_settings import VARIABLES
from operations.errors import GitHubRefusedError, RunFailedError, RunMissingError
from operations.github_access import describe
from operations.registration.push_step import BRANCH, PushStep
from operations.registration.setting import Setting
from operations.registration.variables_step import VariablesStep
from operations.repository_variables import read_times

WORKFLOW = "sm_template_register_service_catalog.yml"
_PAUSE_SECONDS = 3.0
_START_ROUNDS, _MOST_ROUNDS = 40, 1200
_ENDED = "completed"
_MOST_RUNS = 30


@dataclass(frozen=True)
class WorkflowStep:
    """Follows the run that the push started, or starts one where the last did not succeed."""

    setting: Setting
    push: PushStep
    variables: VariablesStep
    title: str = "Register the template by its workflow"

    def look(self) -> str:
        """Whether the pushed commit is registered."""
        run = self._newest()
        if run is None:
            return f"run the workflow {WORKFLOW}"
        if self.variables.look() or self._is_outdated(run):
            return f"run the workflow again, since settings changed after {run.html_url}"
        if _has_failed(run):
            return f"run the workflow again, after {run.html_url}"
        return "" if run.status == _ENDED else f"follow {run.html_url}"

    def do(self) -> None:
        """Start it if need be, and follow it to its end."""
        run = self._newest()
        if run is None or _has_failed(run) or self._is_outdated(run):
            run = self._started(run.id if run is not None else 0)
        self.setting.say(f"      {run.html_url}")
        self._follow(run)

    def _newest(self) -> WorkflowRun | None:
        """The newest run for the commit of the clone."""
        head = self.push.head
        try:
            runs = self.setting.repository().get_workflow(WORKFLOW).get_runs()
            newest: list[WorkflowRun] = list(runs[:_MOST_RUNS])
            return next((run for run in newest if run.head_sha == head), None)
        except UnknownObjectException:  # repository or workflow are still to be made
            return None

    def _is_outdated(self, run: WorkflowRun) -> bool:
        """Whether a setting was changed since the run began."""
        try:
            times = read_times(self.setting.github.client, self.setting.full_name)
        except GithubException:  # a token that may not read them
            return False
        return any(times[name] > run.created_at for name in VARIABLES if name in times)

    def _started(self, after: int) -> WorkflowRun:
        """The run that the push starts by itself; a person's wish starts one a little later."""
        for number in range(_START_ROUNDS):
            run = self._newest()
            if run is not None and run.id > after:
                return run
            if after and number == 0:
                self._dispatch()
            self.setting.sleep(_PAUSE_SECONDS)
        raise RunMissingError(WORKFLOW, self.setting.full_name)

    def _dispatch(self) -> None:
        workflow = self.setting.repository().get_workflow(WORKFLOW)
        try:
            workflow.create_dispatch(BRANCH, throw=True)
        except GithubException as error:
            raise GitHubRefusedError(f"start {WORKFLOW}", describe(error)) from None

    def _follow(self, run: WorkflowRun) -> None:
        told = ""
        for _ in range(_MOST_ROUNDS):
            run.update()
            if run.status == _ENDED:
                break
            at = self._step_of(run, "in_progress")
            if at and at != told:
                self.setting.say(f"      {at}")
                told = at
            self.setting.sleep(_PAUSE_SECONDS)
        if run.conclusion != "success":
            where = self._step_of(run, "failure") or "it had not begun"
            raise RunFailedError(run.html_url, str(run.conclusion or run.status), where)

    def _step_of(self, run: WorkflowRun, state: str) -> str:
        """The first step of a run that is in a state, or came to it."""
        for job in run.jobs():
            for step in job.steps:
                if state in (step.status, step.conclusion):
                    return str(step.name)
        return ""


def _has_failed(run: WorkflowRun) -> bool:
    return bool(run.status == _ENDED and run.conclusion != "success")
