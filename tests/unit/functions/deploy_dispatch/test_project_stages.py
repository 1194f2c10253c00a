"""The list of stages is read as the deploy workflow reads it, whatever stands in the file."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy_dispatch.project_stages import Stage, parse_stages

_SEED = Path(__file__).resolve().parents[4] / "seed_code/deploy_app/config/stages.yml"


def test_the_file_of_the_seed_is_read() -> None:
    assert parse_stages(_SEED.read_bytes()) == (Stage("dev", "automatic"),)


@pytest.mark.parametrize(
    "content",
    [
        "stages:\n- {name: dev, approval: automatic, serving: {mode: serverless}}\n",
        'stages:\n  - name: "dev"\n    approval: automatic # by itself\n',
        "base: &a {approval: automatic}\nstages: [{<<: *a, name: dev}]\n",
    ],
)
def test_it_may_be_written_in_any_way_of_yaml(content: str) -> None:
    assert parse_stages(content.encode()) == (Stage("dev", "automatic"),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "lists no stages"),
        ("stages:", "lists no stages"),
        ("stages: []", "lists no stage, or one twice"),
        ("stages: {dev: 1}", "lists no stages"),
        ("stages: [{name: dev}]", "lists no stages"),
        ("stages: [{name: Dev, approval: automatic}]", "has a stage 'Dev'"),
        ("stages: [{name: dev, approval: maybe}]", "the approval 'maybe'"),
        ("stages: [" + "{name: dev, approval: automatic}," * 2 + "]", "one twice"),
        ("stages: [", "is no YAML"),
        ("!!python/object/apply:os.system [id]", "is no YAML"),
        ("[" * 500, "is no YAML"),
        ("a" * 200_000, "is longer than"),
    ],
)
def test_another_file_is_refused_in_one_sentence(content: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_stages(content.encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_stages_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        assert parse_stages(content)


def test_a_list_may_be_as_long_as_that() -> None:
    listed = b"stages: [{name: dev, approval: automatic}]\n"
    assert parse_stages(listed.ljust(100_000, b"#")) == (Stage("dev", "automatic"),)
    with pytest.raises(ValueError, match=r"^is longer than 100000 bytes$"):
        parse_stages(listed.ljust(100_001, b"#"))


@pytest.mark.parametrize("name", ["a", "a1", "a" * 20])
def test_a_stage_may_have_any_name_that_a_role_may_have(name: str) -> None:
    for approval in ("automatic", "environment", "registry"):
        listed = f"stages: [{{name: {name}, approval: {approval}}}]"
        assert parse_stages(listed.encode()) == (Stage(name, approval),)
