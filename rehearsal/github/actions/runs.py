"""Rules of workflows and runs: which event starts what, and what a dispatch may carry.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
"""

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from rehearsal.github.actions.event_filters import push_matches
from rehearsal.github.actions.expression_parser import ExpressionError
from rehearsal.github.actions.expressions import Expressions
from rehearsal.github.actions.run_context import common_payload, contexts, push_payload
from rehearsal.github.actions.workflow import WorkflowFile, read_workflow
from rehearsal.github.actions.workflow_yaml import WorkflowError
from rehearsal.github.core.errors import NotFoundError, ValidationError
from rehearsal.github.core.local_github import LocalGitHub, RefChange
from rehearsal.github.core.resources import Account, Repository, Run, Workflow
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import WORKFLOW_FOLDER, GitError, GitRepository

LARGEST_DISPATCH = 25
_SKIP = ("[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]")


@dataclass(frozen=True, slots=True)
class Trigger:
    """What starts runs: the event, the commit it works with, and what the API shows of it."""

    event: str
    ref: str
    sha: str
    actor: Account
    payload: dict[str, Any]
    title: str = ""
    head_sha: str = ""
    head_branch: str = ""


def workflow_files(git: GitRepository, commit: str) -> dict[str, bytes]:
    """Workflow files of a commit by path."""
    try:
        entries = git.tree(commit, recursive=False, path=WORKFLOW_FOLDER)
    except GitError:
        return {}
    paths = [
        f"{WORKFLOW_FOLDER}/{entry.path}"
        for entry in entries
        if entry.path.endswith((".yml", ".yaml")) and entry.kind == "blob"
    ]
    found = git.read(f"{commit}:{path}" for path in paths) if paths else []
    return {path: item[2] for path, item in zip(paths, found, strict=True) if item}


def register_workflow(
    github: LocalGitHub, repository: Repository, path: str, content: bytes
) -> Workflow:
    """The record of a workflow file, made at its first appearance."""
    name = _displayed_name(path, content)
    known = github.store.first(Workflow, repository_id=repository.id, path=path)
    if known is not None:
        return known if known.name == name else github.store.put(replace(known, name=name))
    now = github.now()
    id_ = github.store.next_id("Workflow")
    return github.store.put(Workflow(id_, repository.id, now, now, path, name, 0))


@functools.lru_cache(maxsize=256)
def _displayed_name(path: str, content: bytes) -> str:
    """What a list shows, and lists show every file each time."""
    try:
        return read_workflow(path, content).name
    except WorkflowError:
        return path


def start_for_push(github: LocalGitHub, change: RefChange) -> None:
    """Start every workflow that a moved branch or tag triggers; a job's own token starts none."""
    is_named = change.ref.startswith(("refs/heads/", "refs/tags/"))
    if change.after is None or change.principal.is_job or not is_named:
        return
    git = github.git(change.repository)
    commit = git.commit(change.after)
    if commit is None or is_skipped(commit):
        return
    trigger = Trigger(
        event="push",
        ref=change.ref,
        sha=commit.sha,
        actor=change.principal.account,
        payload=push_payload(github, change, commit),
        title=commit.title,
    )
    start_matching(
        github, change.repository, trigger, lambda file: push_matches(git, file, change, commit)
    )


def is_skipped(commit: Commit) -> bool:
    """True if the message of a push's or pull request's newest commit asks for no run.

    Source: https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
    """
    return any(mark in commit.message for mark in _SKIP)


def start_matching(
    github: LocalGitHub,
    repository: Repository,
    trigger: Trigger,
    matches: Callable[[WorkflowFile], bool],
) -> None:
    """Start the workflows of a commit that match; one that cannot be read shows as a failure."""
    for path, content in workflow_files(github.git(repository), trigger.sha).items():
        file, problem = None, None
        try:
            file = read_workflow(path, content)
            if not matches(file):
                continue
        except WorkflowError as error:
            problem = str(error)
        workflow = register_workflow(github, repository, path, content)
        start_run(github, repository, workflow, trigger, file=file, problem=problem)


def dispatch(
    github: LocalGitHub,
    repository: Repository,
    workflow: Workflow,
    *,
    ref: str,
    inputs: dict[str, Any],
    actor: Account,
) -> Run:
    """Start a workflow by hand.

    Raises:
        ValidationError: no such ref, no such trigger, or inputs that do not fit.
    """
    git = github.git(repository)
    candidates = [ref] if ref.startswith("refs/") else [f"refs/heads/{ref}", f"refs/tags/{ref}"]
    full = next((name for name in candidates if git.ref(name)), None)
    commit = git.commit(full) if full else None
    if full is None or commit is None:
        raise ValidationError(f"No ref found for: {ref}")
    content = git.file(commit.sha, workflow.path)
    if content is None:
        raise ValidationError(f"Workflow file {workflow.path} does not exist on {ref}")
    try:
        file = read_workflow(workflow.path, content)
    except WorkflowError as error:
        raise ValidationError(f"failed to parse workflow: {error}") from error
    if "workflow_dispatch" not in file.triggers:
        raise ValidationError("Workflow does not have 'workflow_dispatch' trigger")
    payload = {
        "inputs": checked_inputs(file.inputs, inputs),
        "ref": full,
        "workflow": workflow.path,
    } | common_payload(github, repository, actor)
    trigger = Trigger("workflow_dispatch", full, commit.sha, actor, payload)
    return start_run(github, repository, workflow, trigger, file=file)


def checked_inputs(declared: dict[str, dict[str, Any]], given: dict[str, Any]) -> dict[str, str]:
    """Inputs as text, defaults filled in.

    Raises:
        ValidationError: one is unexpected, missing, or not of its type.
    """
    if len(given) > LARGEST_DISPATCH:
        raise ValidationError(f"You may only define up to {LARGEST_DISPATCH} inputs")
    unexpected = [name for name in given if name not in declared]
    if unexpected:
        quoted = ", ".join(f'"{name}"' for name in unexpected)
        raise ValidationError(f"Unexpected inputs provided: [{quoted}]")
    values: dict[str, str] = {}
    for name, spec in declared.items():
        value = _given_text(name, given[name]) if name in given else _text(spec.get("default"))
        if value == "" and spec.get("required") in (True, "true"):
            raise ValidationError(f"Required input '{name}' not provided")
        kind = spec.get("type", "string")
        if kind == "boolean":
            value = value or "false"
        if name in given and not _fits(kind, spec, value):
            message = f"Provided value '{value}' for input '{name}'"
            raise ValidationError(f"{message} not in the list of allowed values")
        values[name] = value
    return values


def start_run(
    github: LocalGitHub,
    repository: Repository,
    workflow: Workflow,
    trigger: Trigger,
    *,
    file: WorkflowFile | None = None,
    problem: str | None = None,
) -> Run:
    """Record a queued run and tell the runner; a ``problem`` ends it at once."""
    store = github.store
    workflow = store.put(replace(workflow, runs=workflow.runs + 1))
    now = github.now()
    run = store.put(
        Run(
            id=store.next_id("Run"),
            repository_id=repository.id,
            workflow_id=workflow.id,
            name=workflow.name,
            path=workflow.path,
            number=workflow.runs,
            event=trigger.event,
            ref=trigger.ref,
            sha=trigger.sha,
            actor=trigger.actor.login,
            title=trigger.title or workflow.name,
            payload=trigger.payload,
            created_at=now,
            updated_at=now,
            started_at=now,
            status="completed" if problem else "queued",
            conclusion="startup_failure" if problem else None,
            problem=problem,
            head_sha=trigger.head_sha,
            head_branch=trigger.head_branch,
        )
    )
    if file is not None:
        run = store.put(replace(run, title=_title(github, repository, run, file)))
    if not problem:
        for listener in github.run_listeners:
            listener(run.id)
    return run


def _title(github: LocalGitHub, repository: Repository, run: Run, file: WorkflowFile) -> str:
    """What ``run-name`` says; a run has its name before it waits for a runner.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#run-name
    """
    name = file.source.get("run-name")
    if not name:
        return run.title
    try:
        return Expressions(contexts(github, repository, run, file.inputs)).text(name)
    except ExpressionError:
        return run.title  # the runner says what is wrong when it takes the run


def find_workflow(github: LocalGitHub, repository: Repository, name: str) -> Workflow:
    """A workflow by id or by file name.

    Raises:
        NotFoundError: the default branch has no such file, and no run ever had.
    """
    git = github.git(repository)
    head = git.ref(f"refs/heads/{repository.default_branch}")
    for path, text in (workflow_files(git, head) if head else {}).items():
        register_workflow(github, repository, path, text)
    for workflow in github.store.select(Workflow, repository_id=repository.id):
        if name in (str(workflow.id), workflow.path, workflow.path.rsplit("/", 1)[-1]):
            return workflow
    raise NotFoundError


def _given_text(name: str, value: object) -> str:
    """What somebody gave for an input: a text, or what stands for one.

    Raises:
        ValidationError: it is neither text nor boolean.
    """
    if not isinstance(value, str | bool):
        shown = json.dumps(value)
        raise ValidationError(
            f"Invalid request.\n\nFor 'properties/{name}', {shown} is not a string."
        )
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _fits(kind: str, spec: dict[str, Any], value: str) -> bool:
    if kind == "choice":
        return value in [str(option) for option in spec.get("options", [])]
    if kind == "boolean":
        return value in {"true", "false"}
    if kind == "number":
        return re.fullmatch(r"-?\d+(\.\d+)?", value) is not None or value == ""
    return True
