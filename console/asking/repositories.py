"""What GitHub knows of a project: its newest runs, and the stages that its settings list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote

import github
import yaml
from github.ContentFile import ContentFile
from github.WorkflowRun import WorkflowRun

from console.asking.account import QUIET_SECONDS, Account
from console.asking.answers import Question
from console.asking.gaps import PageGaps
from console.asking.github_reads import read_github
from console.asking.names import ProjectNames
from console.asking.project import find_project, owner_of
from deploy_endpoint.errors import SettingsError
from deploy_endpoint.settings.stage_settings import StagesSettings, parse_stages

_FRESH_SECONDS = 5.0
_STAGES_FRESH_SECONDS = 30.0
_STAGES_FILE = "config/stages.yml"
_MOST_RUNS = 10
WITHOUT_GITHUB = (
    "GitHub is left out, since there is no token for it; sign in with `gh auth login` or set "
    "GH_TOKEN, and start the console again."
)


@dataclass(frozen=True)
class Run:
    """A run of a workflow.

    Args:
        state: its conclusion, or how far it is.
        url: of its page on GitHub.
        commit: that it runs.
    """

    title: str
    workflow: str
    state: str
    url: str
    commit: str
    began: datetime
    seconds: float
    is_running: bool


@dataclass(frozen=True)
class Runs:
    """The newest runs of both repositories, newest first, and the repositories' pages."""

    build: Sequence[Run]
    deploy: Sequence[Run]
    build_url: str
    deploy_url: str


def runs_question(account: Account, project: ProjectNames) -> Question:
    """Ask for the runs; None without a token."""

    def ask(gaps: PageGaps) -> Runs | None:
        owner = _owner(account, project, gaps)
        if not owner:
            return None
        (built, build_url), (deployed, deploy_url) = (
            _runs(account, owner, name, gaps)
            for name in (project.build_repository, project.deploy_repository)
        )
        return Runs(built, deployed, build_url, deploy_url)

    return Question("runs", project.group, ask, _FRESH_SECONDS, _at_least)


def _at_least(runs: Runs) -> float:
    return QUIET_SECONDS if _are_quiet([*runs.build, *runs.deploy]) else 0.0


def stages_question(account: Account, project: ProjectNames) -> Question:
    """Ask for `config/stages.yml` of the deploy repository; None if it cannot be read."""
    ask = partial(_settings, account, project)
    return Question("settings", project.group, ask, _STAGES_FRESH_SECONDS)


def _settings(account: Account, project: ProjectNames, gaps: PageGaps) -> StagesSettings | None:
    owner = _owner(account, project, gaps)
    if not owner:
        return None
    name = f"{owner}/{project.deploy_repository}"
    content = gaps.ask_github(
        "Gates of the stages", lambda: read_file(account, name, _STAGES_FILE), None
    )
    return _parse(content, gaps) if content else None


def find_stage(account: Account, project: ProjectNames, stage: str, gaps: PageGaps) -> None:
    """Look for a stage that the ledger does not know; the gaps are told if there is none."""
    described = find_project(account, project, "Stages of the project", gaps)
    if described is None or stage in described.stages:
        return
    settings = _settings(account, project, gaps) if account.github else None
    if settings is None or settings.find(stage) is None:
        known = ", ".join(described.stages)
        gaps.miss(project.lacks(f"{project.name} has no stage {stage}; it has {known}."))


def _owner(account: Account, project: ProjectNames, gaps: PageGaps) -> str:
    if account.github is None:
        gaps.tell(WITHOUT_GITHUB)
        return ""
    return owner_of(account, project, "Repositories", gaps)


def _client(account: Account) -> github.Github:
    client = account.github
    if client is None:
        raise ValueError(WITHOUT_GITHUB)
    return client


def _runs(account: Account, owner: str, name: str, gaps: PageGaps) -> tuple[Sequence[Run], str]:
    """The newest runs of a repository, and its page.

    While one is under way, it is asked for them at each look, and the other repository is not.
    """
    read = partial(_read_runs, account, f"{owner}/{name}")
    ask = partial(gaps.ask_github, f"Runs of {name}", read, None)
    runs = account.quiet_runs.get((owner, name), ask, _are_quiet)
    server = account.access.server_url if account.access else ""
    return ((), "") if runs is None else (runs, f"{server}/{owner}/{name}")


def _are_quiet(runs: Sequence[Run]) -> bool:
    return not any(run.is_running for run in runs)


def _read_runs(account: Account, repository: str) -> Sequence[Run]:
    client = _client(account)
    path = f"/repos/{quote(repository)}/actions/runs?per_page={_MOST_RUNS}"
    told = read_github(client, account.github_reads, path)["workflow_runs"]
    return [_run(WorkflowRun(client.requester, {}, one)) for one in told[:_MOST_RUNS]]


def _run(told: Any) -> Run:
    is_running = told.status != "completed"
    ended = datetime.now(told.updated_at.tzinfo) if is_running else told.updated_at
    return Run(
        title=told.display_title,
        workflow=told.name,
        state=told.status if is_running else told.conclusion,
        url=told.html_url,
        commit=told.head_sha,
        began=told.run_started_at,
        seconds=max(0.0, (ended - told.run_started_at).total_seconds()),
        is_running=is_running,
    )


def read_file(account: Account, name: str, path: str, commit: str = "") -> bytes:
    """Read a file of a repository; of its branch if no commit is named.

    Raises:
        GithubException: there is none, or it may not be read.
    """
    client, of_commit = _client(account), f"?ref={commit}" if commit else ""
    address = f"/repos/{quote(name)}/contents/{quote(path)}{of_commit}"
    told = read_github(client, account.github_reads, address)
    if isinstance(told, list):  # of a folder
        return b""
    return ContentFile(client.requester, {}, told).decoded_content


def _parse(content: bytes, gaps: PageGaps) -> StagesSettings | None:
    try:
        values = yaml.safe_load(content)
        return parse_stages(values if isinstance(values, dict) else {}, _STAGES_FILE)
    except SettingsError as error:
        gaps.tell(str(error))
    except (yaml.YAMLError, RecursionError):
        gaps.tell(f"{_STAGES_FILE} is no YAML; correct it in the deploy repository.")
    return None


def approvals(settings: StagesSettings | None, allowed: Sequence[str]) -> Mapping[str, str]:
    """What a version needs to enter each stage, in order; empty texts if that is not known."""
    if settings is None:
        return dict.fromkeys(allowed, "")
    return {stage.name: stage.approval for stage in settings.stages}
