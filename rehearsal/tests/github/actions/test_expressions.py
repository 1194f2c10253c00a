"""The expression language, filters and YAML of workflows, without a server."""

from __future__ import annotations

import base64

import pytest

from rehearsal.github.actions.event_filters import glob_matches
from rehearsal.github.actions.expression_parser import ExpressionError
from rehearsal.github.actions.expressions import Expressions, replace_properties
from rehearsal.github.actions.masking import Masking
from rehearsal.github.actions.workflow import read_workflow
from rehearsal.github.actions.workflow_yaml import WorkflowError

CONTEXTS = {
    "github": {"ref": "refs/heads/main", "event": {"commits": [{"id": "a"}, {"id": "b"}]}},
    "inputs": {"dry": True, "stage": "dev"},
    "needs": {"a": {"result": "success", "outputs": {"k": "v"}}, "b": {"result": "failure"}},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("github.ref == 'REFS/heads/main'", True),
        ("inputs.dry && 'y' || 'n'", "y"),
        ("!inputs.dry || inputs['stage'] != 'dev'", False),
        ("contains(needs.*.result, 'failure')", True),
        ("join(github.event.commits.*.id, '-')", "a-b"),
        ("github.event.commits[1].id", "b"),
        ("format('{0}{{}}''{1}', 'a', 2)", "a{}'2"),
        ("fromJSON('{\"a\": [1, 2]}').a[1]", 2),
        ("startsWith(github.ref, 'refs/heads/') && endsWith('abc', 'C')", True),
        ("github.nothing.at.all", None),
        ("1 < 2 && '3' >= 3 && (null == 0)", True),
    ],
)
def test_expressions_have_githubs_values(expression: str, value: object) -> None:
    assert Expressions(CONTEXTS).value(expression) == value


@pytest.mark.parametrize("expression", ["secrets.A", "1 +", "nope()", "(1", "a b"])
def test_what_cannot_be_read_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        Expressions(CONTEXTS).value(expression)


def test_condition_implies_success_unless_it_asks_for_the_status() -> None:
    failed = Expressions(CONTEXTS, "failure")
    assert not failed.condition(None)
    assert not failed.condition("github.ref == 'refs/heads/main'")
    assert failed.condition("${{ failure() }}")
    assert failed.condition("always() && inputs.dry")
    assert not failed.condition("cancelled()")


def test_templates_keep_braces_in_strings() -> None:
    text = "a ${{ format('{0}', '}}') }} b ${{ inputs.stage }}"
    assert Expressions(CONTEXTS).text(text) == "a }} b dev"


def test_known_properties_are_written_into_expressions_only() -> None:
    literals = {"github.repository_id": "5"}
    text = "github.repository_id ${{ github.repository_id }} ${{ format('github.repository_id') }}"
    assert replace_properties(text, literals) == (
        "github.repository_id ${{ '5' }} ${{ format('github.repository_id') }}"
    )
    assert replace_properties("github.repository_id == 5", literals, whole=True) == "'5' == 5"


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("main", "main", True),
        ("releases/*", "releases/a/b", False),
        ("releases/**", "releases/a/b", True),
        ("**.md", "docs/a.md", True),
        ("src/**/x.py", "src/x.py", True),
        ("v[12].[0-9]+", "v1.25", True),
        ("*.jsx?", "page.js", True),
        ("a.c", "abc", False),
    ],
)
def test_filters_match_as_on_github(pattern: str, name: str, *, matches: bool) -> None:
    assert glob_matches(pattern, name) is matches


def test_yaml_is_read_as_github_reads_it() -> None:
    text = b"on: push\nenv: {A: yes, B: 12:30, C: true, D: 1.10, E: 0x1F, F: ~, G: 2026-01-01}\n"
    source = read_workflow("w.yml", text).source
    assert source["on"] == "push"
    expected = {"A": "yes", "B": "12:30", "C": True, "D": 1.1, "E": 31, "F": None}
    assert source["env"] == expected | {"G": "2026-01-01"}
    with pytest.raises(WorkflowError, match="`a` is defined twice"):
        read_workflow("w.yml", b"on: push\nenv: {a: 1, a: 2}\n")


def test_permissions_default_to_read_and_none_means_none() -> None:
    job = "jobs: {a: {runs-on: x, steps: [{run: y}]}}\n"
    silent = read_workflow("w", f"on: push\n{job}".encode()).jobs()["a"].permissions
    assert silent == {"metadata": "read", "contents": "read", "packages": "read"}
    empty = read_workflow("w", f"on: push\npermissions: {{}}\n{job}".encode()).jobs()["a"]
    assert {k for k, v in empty.permissions.items() if v != "none"} == {"metadata"}
    wrong = f"on: push\npermissions: {{content: read}}\n{job}"
    with pytest.raises(WorkflowError, match="content: read"):
        read_workflow("w", wrong.encode()).jobs()


def test_masking_hides_values_lines_and_encodings() -> None:
    masking = Masking()
    masking.add("top-secret/1\nsecond line")
    encoded = [base64.b64encode(b"x" * n + b"top-secret/1\nsecond line").decode() for n in range(3)]
    shown = masking.hide("\n".join(["a top-secret/1", "second line b", "top-secret%2F1", *encoded]))
    assert "secret" not in shown
    assert "second" not in shown
    for text in encoded:
        assert text[6:20] not in shown
