"""The files that one act process is given: workflow, event, secrets, variables, environment.

act runs one job only. Jobs that it needs become stubs that carry the recorded results, a first step
gives the workspace its fixed place, and a last one writes the job's outputs where the runner can
read them.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehearsal.github.actions.expressions import replace_properties
from rehearsal.github.actions.workflow import JobPlan, WorkflowFile
from rehearsal.github.actions.workflow_yaml import WorkflowError
from rehearsal.github.core.resources import Job

_WORKSPACE_STEP = "enter-workspace"
_OUTPUTS_STEP = "record-outputs"
OWN_STEPS = (_WORKSPACE_STEP, _OUTPUTS_STEP)
_LABEL = "local"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """Everything that decides how one job runs."""

    workflow: WorkflowFile
    plan: JobPlan
    job: Job
    needed: dict[str, Job]
    payload: dict[str, Any]
    environment: dict[str, str]
    literals: dict[str, str]
    secrets: dict[str, str]
    variables: dict[str, str]
    actions: Path

    @property
    def hidden(self) -> list[str]:
        """Values that no log may show."""
        request_token = self.environment.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "")
        return [*self.secrets.values(), request_token]


@dataclass(frozen=True, slots=True)
class ActionCheckout:
    """An action of the workflow, the folder that holds it, and the actions that it uses."""

    name: str
    ref: str
    folder: Path
    inputs: frozenset[str]
    uses: tuple[str, ...]


def write_job_files(request: JobRequest, folder: Path) -> list[str]:
    """Write the files into a new folder and return act's arguments for them."""
    (folder / "workspace").mkdir(parents=True)
    (folder / "home").mkdir()
    files = {
        "workflow.yml": _workflow(request, folder),
        "event.json": request.payload,
        "secrets.yml": request.secrets,
        "variables.yml": request.variables,
        "environment.yml": request.environment,
    }
    for name, content in files.items():
        path = folder / name
        path.touch(mode=0o600)
        if name.endswith(".json"):
            path.write_text(json.dumps(content))
        else:
            path.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True))
    arguments = [
        *("--workflows", str(folder / "workflow.yml"), "--job", request.job.key),
        *("--directory", str(folder / "workspace"), "--eventpath", str(folder / "event.json")),
        *("--secret-file", str(folder / "secrets.yml")),
        *("--var-file", str(folder / "variables.yml")),
        *("--env-file", str(folder / "environment.yml")),
    ]
    for action in find_actions(request.plan, request.actions):
        mapping = f"{action.name}@{action.ref}={action.folder}"
        arguments += ["--local-repository", mapping]
    return arguments


def read_outputs(request: JobRequest, folder: Path) -> dict[str, str]:
    """Outputs that the job's last step wrote."""
    path = folder / "outputs"
    names = list(request.plan.source.get("outputs") or {})
    if not path.exists():
        return {}
    values = path.read_text(errors="replace").split("\0")[:-1]
    return {name: value for name, value in zip(names, values, strict=True) if value}


def find_actions(plan: JobPlan, actions: Path) -> list[ActionCheckout]:
    """The actions that a job uses, also through composite actions.

    Raises:
        WorkflowError: there is no checkout for one of them.
    """
    found: dict[str, ActionCheckout] = {}
    wanted = [str(step["uses"]) for step in plan.steps if "uses" in step]
    while wanted:
        uses = wanted.pop()
        if uses in found or uses.startswith("./"):
            continue
        found[uses] = _checkout(uses, actions)
        wanted += found[uses].uses
    return list({(a.name, a.ref): a for a in found.values()}.values())


def unexpected_inputs(plan: JobPlan, actions: Path) -> list[str]:
    """GitHub's warnings about inputs that an action does not declare."""
    warnings = []
    for step in plan.steps:
        uses = str(step.get("uses", ""))
        if not uses or uses.startswith("./"):
            continue
        known = _checkout(uses, actions).inputs
        extra = [name for name in step.get("with") or {} if name.lower() not in known]
        if extra:
            given = "', '".join(extra)
            valid = "', '".join(sorted(known))
            warnings.append(f"Unexpected input(s) '{given}', valid inputs are ['{valid}']")
    return warnings


def _checkout(uses: str, actions: Path) -> ActionCheckout:
    path, at, ref = uses.partition("@")
    owner, _, rest = path.partition("/")
    name, _, below = rest.partition("/")
    folder = actions / owner / name
    manifests = [folder / below / file for file in ("action.yml", "action.yaml")]
    manifest = next((file for file in manifests if file.is_file()), None)
    if not at or not name or ".." in path or manifest is None:
        raise WorkflowError(
            f"The action `{uses}` has no checkout in {folder}; add one there, or give a folder of "
            "checkouts with --actions."
        )
    content = yaml.safe_load(manifest.read_text()) or {}
    inputs = frozenset(str(key).lower() for key in content.get("inputs") or {})
    steps = content.get("runs", {}).get("steps") or []
    inner = tuple(str(step["uses"]) for step in steps if "uses" in step)
    return ActionCheckout(f"{owner}/{name}", ref, folder, inputs, inner)


def _workflow(request: JobRequest, folder: Path) -> dict[str, Any]:
    source = request.workflow.source
    document = {key: source[key] for key in ("name", "on", "env", "defaults") if key in source}
    stubs = {key: _stub(job) for key, job in request.needed.items()}
    mine = request.plan.source
    own = {key: mine[key] for key in ("env", "defaults") if key in mine}
    job: dict[str, Any] = own | {
        "runs-on": _LABEL,
        "steps": [
            _workspace_step(folder / "workspace"),
            *(_step(step) for step in request.plan.steps),
        ],
    }
    if stubs:
        job |= {"needs": list(stubs), "if": "${{ always() }}"}
    outputs = mine.get("outputs") or {}
    if outputs:
        job["steps"].append(_outputs_step(outputs, folder / "outputs"))
    written = _with_literals(document | {"jobs": {request.job.key: job}}, request.literals)
    result: dict[str, Any] = written | {"jobs": stubs | written["jobs"]}
    return result


def _workspace_step(workspace: Path) -> dict[str, Any]:
    """Make act's workspace, whose name is random, a link to a folder that keeps its name."""
    return {
        "id": _WORKSPACE_STEP,
        "shell": "sh",
        "working-directory": str(workspace),
        "run": 'rmdir "$GITHUB_WORKSPACE" && ln -s "$PWD" "$GITHUB_WORKSPACE"',
    }


def _step(step: dict[str, Any]) -> dict[str, Any]:
    """A step as act takes it; its name is ours, act prints names with secrets in them."""
    return {key: value for key, value in step.items() if key != "name"}


def _stub(job: Job) -> dict[str, Any]:
    stub: dict[str, Any] = {
        "runs-on": _LABEL,
        "outputs": {key: _quoted(value) for key, value in job.outputs.items()},
        "steps": [{"run": "true" if job.conclusion in {"success", "skipped"} else "false"}],
    }
    if job.conclusion == "skipped":
        stub["if"] = False
    return stub


def _quoted(value: str) -> str:
    return "${{ '" + value.replace("'", "''") + "' }}"


def _outputs_step(outputs: dict[str, Any], target: Path) -> dict[str, Any]:
    names = [f"REHEARSAL_OUTPUT_{number}" for number in range(len(outputs))]
    values = " ".join(f'"${name}"' for name in names)
    return {
        "id": _OUTPUTS_STEP,
        "if": "${{ always() }}",
        "shell": "sh",
        "working-directory": str(target.parent),
        "env": dict(zip(names, outputs.values(), strict=True)),
        "run": f"printf '%s\\0' {values} > outputs",
    }


def _with_literals(node: Any, literals: dict[str, str], key: str = "") -> Any:
    if isinstance(node, dict):
        return {k: _with_literals(v, literals, str(k)) for k, v in node.items()}
    if isinstance(node, list):
        return [_with_literals(item, literals) for item in node]
    if isinstance(node, str):
        return replace_properties(node, literals, whole=key == "if")
    return node
