"""What an engineer receives is complete, clean and passes its own tests."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.github.actions.expressions import Expressions
from tests.checkov import check

from .conftest import ARN, TOOLS, Run

PLACEHOLDER = re.compile(r"\{\{|<your[-_ ]|CHANGE_?ME|PLACEHOLDER|TODO|FIXME|lorem", re.IGNORECASE)
ACTIONS = {
    "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8 # v6.0.1",
    "astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1",
    "actions/setup-node@249970729cb0ef3589644e2896645e5dc5ba9c38 # v6.5.0",
    "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c # v6.2.3",
}
_NAG = """
import sys
from aws_cdk import App, Stack, Validations, cloudformation_include
from cdk_nag import AwsSolutionsChecks

app = App(outdir=sys.argv[2], analytics_reporting=False)
Validations.of(app).add_plugins(AwsSolutionsChecks())
stack = Stack(app, "Endpoint")
cloudformation_include.CfnInclude(stack, "Template", template_file=sys.argv[1])
app.synth()
"""
STAGING = """\
  - name: staging
    approval: environment
    serving: {mode: serverless}
"""
WORKFLOWS = ("check.yml", "deploy.yml", "destroy.yml")


def workflow(repository: Path, name: str) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load((repository / ".github/workflows" / name).read_text())
    return loaded


def jobs(repository: Path, name: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = workflow(repository, name)["jobs"]
    return found


def only_job(repository: Path, name: str) -> dict[str, Any]:
    (job,) = jobs(repository, name).values()
    return job


def test_its_template_is_clean(installed: Path, template: Path, run_in: Run) -> None:
    done = run_in(installed, str(TOOLS / "cfn-lint"), "--regions", "eu-west-1", "--", str(template))
    assert done.returncode == 0, done.stdout + done.stderr
    types = {
        resource["Type"] for resource in json.loads(template.read_text())["Resources"].values()
    }
    assert types == {
        "AWS::SageMaker::Model",
        "AWS::SageMaker::EndpointConfig",
        "AWS::SageMaker::Endpoint",
    }


def test_checkov_and_cdk_nag_find_nothing_in_its_template(template: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(template, tmp_path / "in")
    assert check(tmp_path / "in")["failed_checks"] == set()
    argv = [sys.executable, "-c", _NAG, str(template), str(tmp_path / "out")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_second_synthesis_by_context_is_identical(
    installed: Path, template: Path, run_in: Run
) -> None:
    arguments = ("synth", "--quiet", "--output", "second.out", "-c", f"model_package_arn={ARN}")
    done = run_in(installed, "node_modules/.bin/cdk", *arguments)
    assert done.returncode == 0, done.stderr
    for name in (template.name, "manifest.json"):
        second = (installed / "second.out" / name).read_bytes()
        assert second == (template.parent / name).read_bytes()


@pytest.mark.parametrize(
    ("arn", "sentence"),
    [
        ("", "No model package was given"),
        (ARN.replace("demo-", "other-"), "belongs to group other-p-abcdefghijkl"),
        (ARN.replace("eu-west-1", "us-east-1"), "is in region us-east-1"),
    ],
)
def test_a_wrong_model_ends_in_one_sentence(
    installed: Path, run_in: Run, arn: str, sentence: str
) -> None:
    done = run_in(installed, ".venv/bin/python", "app.py", environment={"MODEL_PACKAGE_ARN": arn})
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert sentence in done.stderr


def step_script(repository: Path, name: str) -> str:
    """The script of a step of check.yml."""
    steps = jobs(repository, "check.yml")["check"]["steps"]
    (script,) = (step["run"] for step in steps if step["name"] == name)
    return str(script)


def copy_of(installed: Path, tmp_path: Path) -> Path:
    """A copy to change, with the same packages."""
    folder = tmp_path / "repository"
    packages = (".venv", "node_modules")
    shutil.copytree(installed, folder, ignore=shutil.ignore_patterns(*packages, "*.out"))
    for name in packages:
        (folder / name).symlink_to(installed / name)
    return folder


def play_check(folder: Path, run_in: Run, outputs: Path) -> str:
    """Play what `check.yml` does after the installation; return the table of costs."""
    environment = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": f"{outputs}.md"}
    for name in (
        "Check the settings and vendor/",
        "Read the project's settings",
        "Synthesize for a sample model",
        "Estimate the monthly cost",
    ):
        script = step_script(folder, name)
        done = run_in(folder, "bash", "-e", "-c", script, environment=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        if "MODEL_PACKAGE_ARN" not in environment:  # GitHub fills it in from the second step
            told = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
            environment |= {"MODEL_PACKAGE_ARN": ARN, "STAGES": told["stages"]}
    said = outputs.read_text()
    assert "AWS_REGION=eu-west-1\n" in said
    table = Path(f"{outputs}.md").read_text()
    assert said.endswith(f"table<<END_OF_COST\n{table}END_OF_COST\n")
    return table


def test_the_shipped_settings_pass_the_check(installed: Path, run_in: Run, tmp_path: Path) -> None:
    table = play_check(installed, run_in, tmp_path / "outputs")
    assert "| dev     | serverless, 2 GiB | 0.00 |" in table


def test_the_stages_that_the_shipped_file_proposes_pass_the_check(
    installed: Path, run_in: Run, tmp_path: Path
) -> None:
    folder = copy_of(installed, tmp_path)
    settings = folder / "config/stages.yml"
    head, proposed = settings.read_text().split("# Add them when")
    lines = (line.removeprefix("#") for line in proposed.splitlines(keepends=True)[1:])
    settings.write_text(head + "".join(lines))
    table = play_check(folder, run_in, tmp_path / "outputs")
    assert re.findall(r"^\| (dev|staging|prod) ", table, re.MULTILINE) == ["dev", "staging", "prod"]


def test_wrong_settings_are_one_sentence(installed: Path, run_in: Run, tmp_path: Path) -> None:
    folder = copy_of(installed, tmp_path)
    with (folder / "config/stages.yml").open("a") as file:
        file.write(STAGING.replace("approval: environment", "approval: me"))
    script = step_script(folder, "Check the settings and vendor/")
    environment = {"GITHUB_OUTPUT": str(tmp_path / "outputs")}
    done = run_in(folder, "bash", "-e", "-c", script, environment=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "error: config/stages.yml: stage staging: approval is 'me'; give automatic, environment or "
        "registry.\n"
    )


REPORT = {
    "provenance": {"model_sha256": "e" * 64, "data_sha256": "d" * 64},
    "sample": {"records": ["M"], "predictions": [9.5]},
}
RUN = {
    "GITHUB_SERVER_URL": "https://github.test",
    "GITHUB_REPOSITORY": "octo/demo-deploy",
    "GITHUB_RUN_ID": "42",
}
COMMANDS = (
    "admit_model",
    "admit_model --stage dev --model-package-arn " + ARN,
    "integration_test --report {report}",
    "report_outcome",
    "stage_stack save",
    "stage_stack remove",
    "status",
)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_without_credentials_ends_in_one_sentence(
    installed: Path, run_in: Run, tmp_path: Path, command: str
) -> None:
    report = tmp_path / "evaluation.json"
    report.write_text(json.dumps(REPORT))
    module, *arguments = command.format(report=report).split()
    argv = (".venv/bin/python", "vendor", module, *arguments)
    environment = {"MODEL_PACKAGE_ARN": ARN, **RUN} if module == "report_outcome" else {}
    done = run_in(installed, *argv, environment=environment)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Unable to locate credentials; check sign-in" in done.stderr


@pytest.mark.parametrize(
    "argv",
    [("zizmor", "--offline", "--persona", "auditor"), ("actionlint",)],
    ids=lambda argv: argv[0],
)
def test_its_workflows_are_clean(repository: Path, run_in: Run, argv: tuple[str, ...]) -> None:
    files = [f".github/workflows/{name}" for name in WORKFLOWS]
    done = run_in(repository, str(TOOLS / argv[0]), *argv[1:], *files)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", WORKFLOWS)
def test_its_workflows_use_only_the_pinned_actions(repository: Path, name: str) -> None:
    text = (repository / ".github/workflows" / name).read_text()
    used = re.findall(r"uses: (.+)", text)
    assert used
    assert set(used) <= ACTIONS


@pytest.mark.parametrize("name", WORKFLOWS)
def test_no_expression_reaches_a_shell(repository: Path, name: str) -> None:
    steps = [step for job in jobs(repository, name).values() for step in job["steps"]]
    scripts = [step["run"] for step in steps if "run" in step]
    assert scripts
    assert not [script for script in scripts if "${{" in script]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_only_the_changing_workflows_get_credentials(repository: Path, name: str) -> None:
    changing = name != "check.yml"
    assert workflow(repository, name)["permissions"] == {}
    for job in jobs(repository, name).values():
        assert (job["permissions"].get("id-token") == "write") == changing
        assert (job.get("environment") == "${{ inputs.stage }}") == changing
    assert workflow(repository, name)["concurrency"]["cancel-in-progress"] != changing


def test_changes_of_a_stage_wait_for_each_other(repository: Path) -> None:
    groups = {workflow(repository, n)["concurrency"]["group"] for n in WORKFLOWS[1:]}
    assert groups == {"stage-${{ inputs.stage }}"}


def test_by_hand_only_the_stage_must_be_given(repository: Path) -> None:
    for name, title in (("deploy.yml", "Deploy model"), ("destroy.yml", "Remove endpoint")):
        changing = workflow(repository, name)
        assert changing["name"] == title
        # YAML 1.1 reads the key `on` as true.
        inputs = changing[True]["workflow_dispatch"]["inputs"]
        assert [key for key, value in inputs.items() if value["required"]] == ["stage"]


@pytest.mark.parametrize(
    ("only_look", "instead_of", "title"),
    [
        (True, "", "Look at dev"),
        (True, ARN, "Look at dev"),
        (False, "", "Remove dev"),
        (False, ARN, f"Remove dev instead of {ARN}"),
    ],
)
def test_a_removal_and_a_look_are_called_what_they_are(
    repository: Path, instead_of: str, title: str, *, only_look: bool
) -> None:
    inputs = {"stage": "dev", "instead_of": instead_of, "only_look": only_look}
    name = workflow(repository, "destroy.yml")["run-name"]
    assert Expressions({"inputs": inputs}).text(name) == title


@pytest.mark.parametrize("name", WORKFLOWS[1:])
def test_nobody_can_type_who_approved(repository: Path, name: str) -> None:
    text = (repository / ".github/workflows" / name).read_text()
    assert "approved_by" not in text.lower()


@pytest.mark.parametrize("workflow", ["deploy.yml", "destroy.yml"])
def test_a_name_that_is_no_stages_is_refused_before_anybody_signs_in(
    repository: Path, workflow: str
) -> None:
    """No workflow lists the names, which a project chooses; `stage_roles` refuses others."""
    text = (repository / ".github/workflows" / workflow).read_text()
    assert not re.search(r"\b(staging|prod)\b", text)
    steps = only_job(repository, workflow)["steps"]
    roles, *signs = (
        place
        for place, step in enumerate(steps)
        if step.get("id") == "roles" or "aws-credentials" in step.get("uses", "")
    )
    assert "vendor stage_roles" in steps[roles]["run"]
    assert roles < min(signs)


def test_what_fails_before_the_stage_is_touched_is_not_restored(repository: Path) -> None:
    steps = only_job(repository, "deploy.yml")["steps"]
    (restore,) = (step for step in steps if step.get("id") == "restore")
    for saved, failed, runs in (
        ("success", "failure", True),
        ("success", "success", False),
        ("failure", "failure", False),
        ("skipped", "failure", False),
    ):
        contexts = {"steps": {"earlier": {"outcome": saved}}}
        assert Expressions(contexts, failed).condition(restore["if"]) == runs


def test_the_roles_are_those_of_the_stage(installed: Path, run_in: Run) -> None:
    steps = only_job(installed, "deploy.yml")["steps"]
    (find,) = (step["run"] for step in steps if step.get("id") == "roles")
    outputs = installed.parent / "outputs"
    environment = {"STAGE": "dev", "GITHUB_OUTPUT": str(outputs)}
    done = run_in(installed, "bash", "-e", "-c", find, environment=environment)
    assert done.returncode == 0, done.stderr
    role = "arn:aws:iam::111122223333:role/mlops-p-abcdefghijkl-deploy-dev"
    assert outputs.read_text() == f"PROJECT_ROLE_ARN={role}\n"


@pytest.mark.parametrize(("serving", "status"), [("{mode: serverless}", 0), ("{mode: none}", 1)])
def test_editors_check_the_settings_by_the_schema(
    repository: Path, run_in: Run, tmp_path: Path, serving: str, status: int
) -> None:
    shipped = (repository / "config/stages.yml").read_text()
    settings = tmp_path / "stages.yml"
    settings.write_text(shipped + STAGING.replace("{mode: serverless}", serving))
    argv = ("--schemafile", "vendor/stages.schema.json", str(settings))
    done = run_in(repository, str(TOOLS / "check-jsonschema"), *argv)
    assert done.returncode == status, done.stdout + done.stderr


def test_no_placeholder_is_left(repository: Path) -> None:
    found = {
        str(path.relative_to(repository)): match.group()
        for path in repository.rglob("*")
        if path.is_file() and path.suffix not in {".txt", ".yml"}
        for match in [PLACEHOLDER.search(path.read_text(encoding="utf-8"))]
        if match
    }
    assert found == {}


def test_locks_are_hashed_and_name_no_registry(repository: Path) -> None:
    text = (repository / "requirements.txt").read_text()
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) > 10
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|--index|--find-links|file:", text)
    lock = (repository / "package-lock.json").read_text()
    packages = json.loads(lock)["packages"]
    assert packages["node_modules/aws-cdk"]["version"] == "2.1148.1"
    assert all("integrity" in package for name, package in packages.items() if name)
    assert "://" not in lock


def test_its_code_is_tested_with_the_packages_that_it_locks(repository: Path) -> None:
    text = (repository / "requirements.in").read_text()
    pins = re.findall(r"^([a-z0-9-]+)==(\S+)", text, re.MULTILINE)
    assert len(pins) >= 5
    assert {name: metadata.version(name) for name, _ in pins} == dict(pins)


def test_it_has_few_files_no_archive_and_no_test_of_our_code(repository: Path) -> None:
    files = [path for path in repository.rglob("*") if path.is_file()]
    assert len(files) <= 47
    assert not [path for path in files if path.suffix in {".gz", ".whl", ".zip"}]
    assert not [path for path in files if path.stem.startswith(("test_", "conftest"))]


def test_a_change_of_vendored_code_is_one_sentence_until_it_is_ejected(
    installed: Path, run_in: Run, tmp_path: Path
) -> None:
    folder = copy_of(installed, tmp_path)
    with (folder / "vendor/deploy_endpoint/errors.py").open("a") as file:
        file.write("# mine\n")
    done = run_in(folder, "make", "check")
    assert done.returncode == 2
    first, *others = done.stderr.splitlines()
    assert first.startswith("error: vendor/deploy_endpoint/errors.py differs from what")
    assert all(line.startswith("make: ***") for line in others)
    assert run_in(folder, "make", "eject").returncode == 0
    done = run_in(folder, "make", "check")
    assert (done.returncode, done.stdout) == (0, "dev\n"), done.stderr


def test_every_path_of_its_readme_exists(repository: Path) -> None:
    rows = re.findall(r"^\| (`.+`) \|", (repository / "README.md").read_text(), re.MULTILINE)
    paths = [path for row in rows for path in re.findall(r"`([^`]+)`", row) if "/" in path]
    assert len(paths) >= 4
    assert all((repository / path).exists() for path in paths)
