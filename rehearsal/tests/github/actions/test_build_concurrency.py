"""The build workflow as it is seeded, as to which of its runs GitHub starts, keeps and drops."""

from __future__ import annotations

from pathlib import Path

import yaml

from rehearsal.tests.github.actions.test_runs import jobs_text
from rehearsal.tests.github.served_github import ServedGitHub

SEEDED = Path(__file__).resolve().parents[4] / "seed_code/build_app/.github/workflows/build.yml"


def test_each_commit_gets_its_run_and_a_page_gets_none(github: ServedGitHub) -> None:
    seeded = yaml.safe_load(SEEDED.read_text(encoding="utf-8"))
    # YAML 1.1 reads the key `on` as true.
    block = {"on": seeded[True], "concurrency": seeded["concurrency"]}
    jobs = jobs_text(only="steps: [{run: sleep 0.5}]")
    github.workflow("built", yaml.safe_dump(block) + jobs)
    for number in range(3):
        github.commit("octo/built", {"code.py": f"# {number}"})
        github.commit("octo/built", {"docs/page.md": f"Page {number}."})
    runs = [github.run("built", number=number) for number in range(1, 5)]
    assert [run["conclusion"] for run in runs] == ["success"] * 4
    listed = github.rest("GET", "/repos/octo/built/actions/runs").body
    assert listed["total_count"] == 4
