"""Reads workflow files and refuses, by name, what the local runner cannot do.

Syntax: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from rehearsal.github.actions.workflow_yaml import WorkflowError, read_yaml

_TOP = {"name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"}
_JOB = {
    "name",
    "runs-on",
    "needs",
    "if",
    "permissions",
    "environment",
    "concurrency",
    "outputs",
    "env",
    "defaults",
    "steps",
    "timeout-minutes",
}
_STEP = {
    "id",
    "if",
    "name",
    "uses",
    "run",
    "with",
    "env",
    "shell",
    "working-directory",
    "continue-on-error",
    "timeout-minutes",
}
_PUSH = {"branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"}
_PULL = {"types", "branches", "branches-ignore", "paths", "paths-ignore"}
PULL_TYPES = ("opened", "synchronize", "reopened")  # those that count without a word, too
_INPUT_TYPES = {"string", "boolean", "choice", "number", "environment"}
NEVER_FIRE = {"schedule"}
_TRIGGERS = {"push", "pull_request", "workflow_dispatch"} | NEVER_FIRE
PERMISSIONS = (
    "actions",
    "attestations",
    "checks",
    "contents",
    "deployments",
    "discussions",
    "id-token",
    "issues",
    "models",
    "packages",
    "pages",
    "pull-requests",
    "security-events",
    "statuses",
)


@dataclass(frozen=True, slots=True)
class JobPlan:
    """One job as written, with what decides about it picked out."""

    key: str
    source: dict[str, Any]
    needs: tuple[str, ...]
    permissions: dict[str, str]
    environment: str
    steps: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class WorkflowFile:
    """A workflow file as written; ``jobs`` refuses what is not modelled."""

    path: str
    source: dict[str, Any]
    triggers: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The workflow's name; without one, its path."""
        return str(self.source.get("name") or self.path)

    @property
    def notes(self) -> list[str]:
        """Triggers that never fire here, in sentences for the log."""
        return [
            f"The trigger `{trigger}` never fires in the rehearsal."
            for trigger in self.triggers
            if trigger in NEVER_FIRE
        ]

    @property
    def inputs(self) -> dict[str, dict[str, Any]]:
        """Inputs of ``workflow_dispatch``."""
        declared = self.triggers.get("workflow_dispatch", {}).get("inputs") or {}
        return {name: spec or {} for name, spec in declared.items()}

    def jobs(self) -> dict[str, JobPlan]:
        """The jobs, checked.

        Raises:
            WorkflowError: something in the file is wrong or not modelled; it is named.
        """
        _refuse_unknown("the workflow", self.source, _TOP)
        _check_triggers(self.triggers)
        jobs = self.source.get("jobs")
        if not isinstance(jobs, dict) or not jobs:
            raise WorkflowError("The workflow has no `jobs`.")
        plans = {key: _plan(self, key, job) for key, job in jobs.items()}
        _check_needs(plans)
        return plans


def read_workflow(path: str, content: bytes) -> WorkflowFile:
    """Parse a workflow file as far as its triggers.

    Raises:
        WorkflowError: it is not YAML, or not a workflow.
    """
    source = read_yaml(path, content)
    if not isinstance(source, dict) or "on" not in source:
        raise WorkflowError(f"{path}: no event triggers are defined in `on`.")
    on = source["on"]
    if isinstance(on, str):
        triggers: dict[str, dict[str, Any]] = {on: {}}
    elif isinstance(on, list):
        triggers = {str(name): {} for name in on}
    elif isinstance(on, dict):
        triggers = {str(name): spec if isinstance(spec, dict) else {} for name, spec in on.items()}
    else:
        raise WorkflowError(f"{path}: `on` must be a name, a list or a mapping.")
    return WorkflowFile(path, source, triggers)


def _refuse_unknown(where: str, mapping: dict[str, Any], known: set[str]) -> None:
    for key in mapping:
        if key not in known:
            raise WorkflowError(f"`{key}` in {where} is not modelled by the rehearsal's runner.")


def _check_triggers(triggers: dict[str, dict[str, Any]]) -> None:
    for trigger, spec in triggers.items():
        if trigger not in _TRIGGERS:
            raise WorkflowError(f"The trigger `{trigger}` is not modelled by the rehearsal.")
        if trigger == "push":
            _refuse_unknown("`on.push`", spec, _PUSH)
        if trigger == "pull_request":
            _refuse_unknown("`on.pull_request`", spec, _PULL)
            kinds = spec.get("types", [])
            kinds = kinds if isinstance(kinds, list) else [kinds]
            _refuse_unknown("`on.pull_request.types`", dict.fromkeys(kinds), set(PULL_TYPES))
    for name, spec in (triggers.get("workflow_dispatch", {}).get("inputs") or {}).items():
        kind = (spec or {}).get("type", "string")
        if kind not in _INPUT_TYPES:
            raise WorkflowError(f"The input `{name}` has the unknown type `{kind}`.")


def _plan(workflow: WorkflowFile, key: str, job: object) -> JobPlan:
    where = f"the job `{key}`"
    if not isinstance(job, dict):
        raise WorkflowError(f"{where} is not a mapping.")
    _refuse_unknown(where, job, _JOB)
    if "runs-on" not in job:
        raise WorkflowError(f"`runs-on` is missing in {where}.")
    needs = job.get("needs", [])
    environment = job.get("environment", "")
    if isinstance(environment, dict):
        environment = environment.get("name", "")
    granted = job.get("permissions", workflow.source.get("permissions"))
    return JobPlan(
        key=key,
        source=job,
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        permissions=_permissions(granted, where),
        environment=str(environment),
        steps=_steps(job, where),
    )


def _steps(job: dict[str, Any], where: str) -> tuple[dict[str, Any], ...]:
    steps = job.get("steps")
    if not isinstance(steps, list) or not steps:
        raise WorkflowError(f"{where} has no `steps`.")
    for number, step in enumerate(steps, 1):
        place = f"step {number} of {where}"
        if not isinstance(step, dict) or ("uses" in step) == ("run" in step):
            raise WorkflowError(f"{place} must have either `uses` or `run`.")
        _refuse_unknown(place, step, _STEP)
        if str(step.get("uses", "")).startswith("docker://"):
            raise WorkflowError(f"`{step['uses']}` in {place} needs Docker, which is not modelled.")
    return tuple(steps)


def _permissions(granted: object, where: str) -> dict[str, str]:
    """Rights of the job's token; without a word, what new repositories grant: read."""
    if granted is None:
        return {"metadata": "read", "contents": "read", "packages": "read"}
    if granted in ("read-all", "write-all"):
        level = str(granted).removesuffix("-all")
        every = dict.fromkeys(PERMISSIONS, level) | {"metadata": "read"}
        return every if level == "write" else every | {"id-token": "none"}
    if not isinstance(granted, dict):
        raise WorkflowError(f"`permissions` of {where} must be a mapping, read-all or write-all.")
    for name, level in granted.items():
        if name not in PERMISSIONS or level not in {"read", "write", "none"}:
            raise WorkflowError(f"`permissions` of {where}: `{name}: {level}` does not exist.")
    return dict.fromkeys(PERMISSIONS, "none") | granted | {"metadata": "read"}


def _check_needs(plans: dict[str, JobPlan]) -> None:
    for plan in plans.values():
        for needed in plan.needs:
            if needed not in plans:
                raise WorkflowError(f"The job `{plan.key}` needs `{needed}`, which does not exist.")
    try:
        TopologicalSorter({key: plan.needs for key, plan in plans.items()}).prepare()
    except CycleError as error:
        circle = ", ".join(sorted(set(error.args[1])))
        raise WorkflowError(f"The jobs {circle} need each other in a circle.") from error
