"""Boolean inputs of a workflow: texts in the event, truth values in expressions."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal.tests.github.actions.test_runs import jobs_text
from rehearsal.tests.github.served_github import ServedGitHub

WORKFLOW = """name: Look
on:
  workflow_dispatch:
    inputs:
      only_look: {type: boolean, default: false}
      name: {type: string}
permissions: {}
run-name: ${{ inputs.only_look && 'Look' || 'Change' }}
""" + jobs_text(
    only="""
name: ${{ inputs.only_look && 'looks' || 'changes' }}
env: {ONLY_LOOK: '${{ inputs.only_look }}'}
steps:
  - run: echo "env=$ONLY_LOOK event=${{ github.event.inputs.only_look }}"
  - run: echo "both=${{ inputs.only_look == true }} none=${{ inputs.only_look == 'true' }}"
  - if: inputs.only_look
    run: echo "it looks"
  - if: ${{ !inputs.only_look }}
    run: echo "it changes"
""",
    other="""
if: inputs.only_look
steps: [{run: 'true'}]
""",
)
PATH = "/repos/octo/NAME/actions/workflows/work.yml/dispatches"


@pytest.mark.parametrize(
    ("name", "given", "is_true"),
    [
        ("as-text", {"only_look": "true"}, True),
        ("as-truth", {"only_look": True}, True),
        ("as-false-text", {"only_look": "false"}, False),
        ("as-default", {}, False),
    ],
)
def test_a_boolean_input_is_a_truth_value_in_every_expression(
    github: ServedGitHub, name: str, given: dict[str, Any], *, is_true: bool
) -> None:
    github.workflow(name, WORKFLOW)
    body = {"ref": "main", "inputs": given}
    assert github.rest("POST", PATH.replace("NAME", name), body).status == 204
    run = github.run(name)
    assert (run["conclusion"], run["display_title"]) == ("success", "Look" if is_true else "Change")
    jobs = github.jobs(name, run)
    assert jobs["other"]["conclusion"] == ("success" if is_true else "skipped")
    log = github.log(name, jobs["looks" if is_true else "changes"])
    text = "true" if is_true else "false"
    assert f" env={text} event={text}\n" in log
    assert f" both={text} none=false\n" in log
    assert (" it looks\n" in log, " it changes\n" in log) == (is_true, not is_true)


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"only_look": "yes"}, "Provided value 'yes' for input 'only_look' not in the list"),
        ({"only_look": 1}, "For 'properties/only_look', 1 is not a string."),
        ({"only_look": None}, "For 'properties/only_look', null is not a string."),
        ({"only_look": ["true"]}, "is not a string."),
        ({"name": {"a": 1}}, "is not a string."),
    ],
    ids=str,
)
def test_what_is_no_text_and_no_truth_value_is_refused(
    github: ServedGitHub, given: dict[str, Any], word: str
) -> None:
    if github.rest("GET", "/repos/octo/picky", check=False).status == 404:
        github.workflow("picky", WORKFLOW)
    refused = github.rest("POST", PATH.replace("NAME", "picky"), {"ref": "main", "inputs": given})
    assert refused.status == 422
    assert word in refused.body["message"]
    assert github.rest("GET", "/repos/octo/picky/actions/runs").body["total_count"] == 0
