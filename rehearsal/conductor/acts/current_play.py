"""The play at work: its world, its options, its people, and how to wait for something."""

import base64
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import github
import requests
from github.Repository import Repository
from github.WorkflowJob import WorkflowJob
from github.WorkflowRun import WorkflowRun

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT, STAGE_ACCOUNTS, AwsUser
from rehearsal.conductor.environment import run
from rehearsal.conductor.errors import RehearsalError, StoodStillError
from rehearsal.conductor.github_setup import DATA_SCIENTIST
from rehearsal.conductor.meanwhile import repeated_meanwhile
from rehearsal.conductor.run_problems import told_problem
from rehearsal.conductor.waiting import (
    LONGEST_PAUSE_SECONDS,
    WATCH_PAUSE_SECONDS,
    Found,
    Stillness,
    Watch,
    look_until_still,
    name_nothing,
    see_nothing,
)
from rehearsal.conductor.waiting.patience import RUN_STILL_SECONDS
from rehearsal.conductor.waiting.watches import together, watch_run, watch_runs
from rehearsal.conductor.world import World

PROJECT_NAME = "abalone-rings"
FIRST_STAGE = names.DEFAULT_STAGES[0]


@dataclass(frozen=True)
class Options:
    """What the command line asked for.

    Attributes:
        label: the column of `data` to predict; without it the data is shaped as the shipped one.
        framework: what trains on it, if not what the build repository ships.
        image: name of the repository of an image of one's own that trains and serves.
        company: whether the account is a large company's, with settings of its own.
        accounts: those of the later stages, in their order; empty: all lie in the project's.
    """

    data: Path | None = None
    label: str | None = None
    framework: str | None = None
    image: str | None = None
    actions: Path | None = None
    until: str | None = None
    stages: tuple[str, ...] = (FIRST_STAGE,)
    scenario: str | None = None
    company: bool = False
    console: bool = False
    accounts: tuple[str, ...] = STAGE_ACCOUNTS

    @property
    def has_own_settings(self) -> bool:
        """Whether the data scientist changes what the build repository ships."""
        return any(given is not None for given in (self.label, self.framework, self.image))

    @property
    def stage_accounts(self) -> dict[str, str]:
        """The stages that lie in an account of their own, with its number."""
        return dict(zip(self.stages[1:], self.accounts, strict=False))


@dataclass
class Play:
    """The play as it stands: what every act works on, and what it learns.

    `facts` collects what the report tells: names, metrics, predictions. `settings` are those of the
    registration, `studio_role_arn` the role of who launches, the domain's if it is empty, and
    `boundaries` those of the stages' own accounts.
    """

    world: World
    options: Options
    say: Callable[[str], None]
    facts: dict[str, Any] = field(default_factory=dict)
    name_step: Callable[[str], None] = name_nothing
    settings: dict[str, str] = field(default_factory=dict)
    studio_role_arn: str = ""
    boundaries: dict[str, str] = field(default_factory=dict)

    @cached_property
    def studio(self) -> AwsUser:
        """The data scientist in Studio: the domain's execution role, taken by an IAM user."""
        iam = self.world.administrator.client("iam")
        key = iam.create_access_key(UserName=DATA_SCIENTIST)["AccessKey"]
        person = AwsUser(self.world.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])
        role = (
            self.studio_role_arn
            or self.world.administrator.client("ssm").get_parameter(
                Name=names.EXECUTION_ROLE_PARAMETER
            )["Parameter"]["Value"]
        )
        return person.assume(role, DATA_SCIENTIST)

    def user_of(self, stage: str) -> AwsUser:
        """Whoever sees everything in the account of a deployment stage."""
        return self.world.root_of(self.options.stage_accounts.get(stage, ACCOUNT))

    def github(self, login: str) -> github.Github:
        """Make a client of the local GitHub for a person."""
        return github.Github(
            base_url=f"{self.world.github_url}/api/v3",
            auth=github.Auth.Token(self.world.record.tokens[login]),
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )

    @property
    def clone(self) -> Path:
        """Where the data scientist has cloned the build repository, if they have."""
        return self.world.state / "data-scientist"

    def git_environment(self, login: str) -> dict[str, str]:
        """Environment of a git that signs in to the local GitHub as a person."""
        credentials = f"{login}:{self.world.record.tokens[login]}"
        return {
            **self.world.person_environment(),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.extraHeader",
            "GIT_CONFIG_VALUE_0": "Authorization: Basic "
            + base64.b64encode(credentials.encode()).decode(),
        }

    def git(self, login: str, cwd: Path, *arguments: str, problem: str) -> str:
        """Run git as a person, who is the author of what it commits; return what it printed.

        Raises:
            RehearsalError: with the problem, if git failed.
        """
        log = self.world.logs / "git.log"
        author = ["-c", f"user.name={login}", "-c", f"user.email={login}@users.noreply.localhost"]
        env = self.git_environment(login)
        try:
            return run(["git", *author, *arguments], cwd=cwd, env=env, log=log)
        except subprocess.CalledProcessError as error:
            raise RehearsalError(problem, log=log) from error

    def read_s3(self, uri: str) -> bytes:
        """Read an object by its S3 URI."""
        place = urlparse(uri)
        answer = self.world.administrator.client("s3").get_object(
            Bucket=place.netloc, Key=place.path.lstrip("/")
        )
        return bytes(answer["Body"].read())

    def wait(
        self,
        what: str,
        look: Callable[[], Found | None],
        *,
        seconds: float,
        watch: Watch = see_nothing,
        log: str = "aws",
        longest_pause_seconds: float = LONGEST_PAUSE_SECONDS,
    ) -> Found:
        """Look until something is found, as long as what is watched moves.

        Args:
            what: is waited for, as the subject of a sentence.
            look: gives it, None if it is not there yet.
            seconds: how long nothing may move.
            watch: sees what moves.
            log: the server whose log tells why nothing does.
            longest_pause_seconds: between two looks.

        Raises:
            StoodStillError: nothing moves any more.
        """
        still = Stillness(seconds, watch=watch, name_step=self.name_step)
        found = look_until_still(look, still, longest_pause_seconds=longest_pause_seconds)
        self.name_step("")
        if found is None:
            raise StoodStillError(what, still, log=self.world.logs / f"{log}.log")
        return found

    @contextmanager
    def naming(self, watch: Watch) -> Iterator[None]:
        """Name what a watch sees while a program runs to its end."""

        def name() -> None:
            if (sight := watch()) is not None:
                self.name_step(sight.step)

        with repeated_meanwhile(name, pause_seconds=WATCH_PAUSE_SECONDS):
            yield
        self.name_step("")

    def wait_for_run(
        self, repository: Repository, workflow: str, *, seconds: float = RUN_STILL_SECONDS
    ) -> WorkflowRun:
        """Wait until the newest run of a workflow file has ended well.

        Raises:
            RehearsalError: it failed; GitHub's reason or its log is named.
        """
        what = f"The workflow {workflow} of {repository.full_name}"

        def begun() -> WorkflowRun | None:
            runs = repository.get_workflow_runs()
            return next((run for run in runs if run.path.endswith(f"/{workflow}")), None)

        others = watch_runs(lambda: repository)
        first = self.wait(what, begun, seconds=seconds, watch=others, log="github")
        run = self.wait_for_end(first, what, seconds=seconds)
        if run.conclusion != "success":
            raise self.failure_of(repository, run, f"{what} ended as {run.conclusion}")
        return run

    def wait_for_end(
        self,
        run: WorkflowRun,
        what: str,
        *,
        seconds: float = RUN_STILL_SECONDS,
        watch: Watch = see_nothing,
    ) -> WorkflowRun:
        """Wait until a run has ended, well or not; `watch` sees what its steps wait for."""

        def ended() -> WorkflowRun | None:
            run.update()
            return run if run.status == "completed" else None

        both = together(watch_run(run), watch)
        return self.wait(what, ended, seconds=seconds, watch=both, log="github")

    def failure_of(self, repository: Repository, run: WorkflowRun, what: str) -> RehearsalError:
        """Give the error for a run that did not end as it should: GitHub's reason, or its log."""
        problem = told_problem(self.world.github_control, run.id)
        if problem is not None:
            return RehearsalError(f"{what}: {problem}.")
        log = self.save_run_log(repository, run)
        return RehearsalError(f"{what}; its log tells why.", log=log)

    def save_run_log(self, repository: Repository, run: WorkflowRun) -> Path:
        """Write the logs of a run's jobs into one file."""
        file = self.world.logs / f"run-{repository.name}-{run.id}.log"
        texts = [
            f"== {job.name}: {job.conclusion}\n{self._job_log(repository, job)}"
            for job in run.jobs()
        ]
        file.write_text("\n".join(texts), encoding="utf-8")
        return file

    def _job_log(self, repository: Repository, job: WorkflowJob) -> str:
        """Fetch a job's log as GitHub gives it: by a redirect to where the text is."""
        answer = requests.get(
            f"{job.url}/logs",
            headers={"Authorization": f"Bearer {self.world.record.tokens[repository.owner.login]}"},
            timeout=30,
        )
        return answer.text if answer.ok else f"(this job has no log: {answer.status_code})"
