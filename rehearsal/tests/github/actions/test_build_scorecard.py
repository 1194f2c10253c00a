"""The scorecard of a pull request in the build repository, by the workflow as it is seeded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from rehearsal.github.actions.expressions import Expressions
from rehearsal.tests.github.actions.test_pull_runs import offer
from rehearsal.tests.github.served_github import ServedGitHub
from tests.seed.build_app.conftest import KEPT_PREFIXES, render

SEED = Path(__file__).resolve().parents[4] / "seed_code"
WORKFLOW = ".github/workflows/build.yml"
SEEDED = (SEED / "build_app" / WORKFLOW).read_text(encoding="utf-8")
MARK = "<!-- scorecard -->"
NAMES = {
    "test": "Test and train on a sample",
    "definition": "Check the pipeline's definition",
    "comment": "Comment with the scorecard",
}


def workflow() -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(SEEDED)
    return loaded


def with_parts_from_files() -> str:
    """The workflow whose jobs hand on what is committed, instead of installing and testing."""
    text = workflow()
    for key in ("test", "definition"):
        job = text["jobs"][key]
        write = job["steps"][-1]
        (hand_on,) = (line for line in write["run"].splitlines() if "GITHUB_OUTPUT" in line)
        write["run"] = hand_on.replace("scorecard.md", f"{key}.md")
        write.pop("env")
        job["steps"] = [job["steps"][0], {"run": "test ! -e failing"}, write]
    return yaml.safe_dump({"on": text.pop(True)} | text)


def comments(github: ServedGitHub, name: str, number: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = github.rest(
        "GET", f"/repos/octo/{name}/issues/{number}/comments"
    ).body
    return found


def test_the_second_push_changes_the_one_comment(github: ServedGitHub) -> None:
    name = "scored"
    github.create(name)
    github.commit("octo/scored", {"test.md": "", "definition.md": ""})
    parts = {"test.md": "### Tests\n\n7 passed\n", "definition.md": "### Settings\n\nSame.\n"}
    topic = github.commit(
        "octo/scored", {WORKFLOW: with_parts_from_files(), **parts}, branch="topic"
    )
    number = offer(github, name)["number"]
    assert github.run(name)["conclusion"] == "success", github.logs(name)
    (first,) = comments(github, name, number)
    heading = f"{MARK}\n\n## Scorecard of {topic[:12]}\n\n"
    assert first["body"] == f"{heading}### Tests\n\n7 passed\n\n### Settings\n\nSame."
    assert first["user"]["login"] == "github-actions[bot]"
    quoted = f"{MARK} said the bot"
    github.rest("POST", f"/repos/octo/{name}/issues/{number}/comments", {"body": quoted})
    parts = {"test.md": "@octo <img src=x> " * 4000 + "\n", "definition.md": ""}
    topic = github.commit("octo/scored", parts | {"failing": ""}, branch="topic")
    run = github.run(name, number=2)
    conclusions = {title: job["conclusion"] for title, job in github.jobs(name, run).items()}
    assert conclusions[NAMES["test"]] == conclusions[NAMES["definition"]] == "failure"
    assert conclusions[NAMES["comment"]] == "success", github.logs(name, 2)
    second, of_octo = comments(github, name, number)
    assert (second["id"], of_octo["body"]) == (first["id"], quoted)
    assert second["body"].startswith(
        f"{MARK}\n\n## Scorecard of {topic[:12]}\n\n@\u200bocto <\u200b"
    )
    assert second["body"].endswith("The job `definition` wrote nothing; its log says why.")
    assert "@octo" not in second["body"]
    assert len(second["body"]) < 65_536


@pytest.mark.parametrize(
    ("head", "is_commented"), [("octo/demo-build", True), ("stranger/demo-build", False)]
)
def test_a_fork_s_pull_request_gets_no_comment(head: str, is_commented: bool) -> None:
    # GitHub gives it a token that only reads: https://docs.github.com/en/actions/concepts/security/github_token
    repository = {"full_name": head}
    event = {"pull_request": {"head": {"repo": repository}}}
    known = {"event_name": "pull_request", "repository": "octo/demo-build", "event": event}
    condition = workflow()["jobs"]["comment"]["if"]
    assert Expressions({"github": known}).condition(condition) is is_commented


def test_each_part_is_in_its_job_s_summary_which_a_fork_s_pull_request_gets_too() -> None:
    for key in ("test", "definition"):
        *_, write = workflow()["jobs"][key]["steps"]
        assert 'cat scorecard.md >> "$GITHUB_STEP_SUMMARY"' in write["run"]
        assert "secrets." not in str(write)


def test_code_of_a_pull_request_never_meets_a_token_that_writes() -> None:
    loaded = workflow()
    assert set(loaded[True]) == {"push", "pull_request", "workflow_dispatch"}
    job = loaded["jobs"]["comment"]
    assert job["permissions"] == {"pull-requests": "write"}
    (step,) = job["steps"]
    # What others wrote comes as data, never as a part of the program.
    assert "uses" not in step
    assert "${{" not in step["run"]
    for key in ("test", "definition"):
        assert loaded["jobs"][key]["permissions"] == {"contents": "read"}


def test_it_comments_as_the_deploy_repository_does() -> None:
    checks = yaml.safe_load((SEED / "deploy_app/.github/workflows/check.yml").read_text())
    (theirs,) = checks["jobs"]["comment"]["steps"]
    (ours,) = workflow()["jobs"]["comment"]["steps"]

    def functions(step: dict[str, str]) -> str:
        whole = step["run"]
        return whole[whole.index("def call") : whole.index("        page += 1")]

    assert functions(ours) == functions(theirs)


@pytest.fixture
def equipped_github(tmp_path: Path) -> Iterator[ServedGitHub]:
    """One whose jobs find the packages where this machine does."""
    server = ServedGitHub(tmp_path / "own")
    server.start({k: v for k, v in os.environ.items() if k.startswith(KEPT_PREFIXES)})
    yield server
    server.end()


@pytest.mark.proof("scenarios")
@pytest.mark.timeout(900)
def test_a_data_scientist_sees_what_a_change_of_settings_does(
    equipped_github: ServedGitHub, tmp_path: Path
) -> None:
    github, name = equipped_github, "demo-build"
    repository = render(tmp_path / "repository")
    files = {str(p.relative_to(repository)): p for p in repository.rglob("*") if p.is_file()}
    seeded = {path: file.read_text(encoding="utf-8") for path, file in files.items()}
    # The build itself needs AWS; it begins with the merge.
    github.create(name)
    github.commit("octo/demo-build", dict(seeded), "Seed [skip ci]")
    changed = seeded["pipeline.toml"].replace("threshold = 6.0", "threshold = 5.5")
    changed = changed.replace(
        'training_instance_type = "ml.m5.large"', 'training_instance_type = "ml.m5.xlarge"'
    )
    github.commit("octo/demo-build", {"pipeline.toml": changed}, branch="topic")
    number = offer(github, name)["number"]
    run = github.run(name, seconds=600)
    assert run["conclusion"] == "success", github.logs(name)
    jobs = github.jobs(name, run)
    assert {jobs[title]["conclusion"] for title in NAMES.values()} == {"success"}
    (comment,) = comments(github, name, number)
    for told in (
        " passed, 0 failed, 0 skipped.",
        "| a synthetic sample | ",
        '-training_instance_type = "ml.m5.large"\n+training_instance_type = "ml.m5.xlarge"',
        '-      "DefaultValue": 6.0,\n+      "DefaultValue": 5.5,',
        "| Train | ml\\.m5\\.xlarge | 0.257 | 0.021 |",
    ):
        assert told in comment["body"]
