"""The names of a project's stages in the seed."""

from pathlib import Path

import pytest

from cloudformation_response.stages import named
from project_repository.request import seed_version
from project_repository.seed.bundle import SeedError, SeedFile
from project_repository.seed.stages import name_stages

SEED = Path(__file__).resolve().parents[5] / "seed_code" / "deploy_app"
STAGES_FILE = "config/stages.yml"
FILES = [
    SeedFile("README.md", b"- name: dev\n", is_executable=False),
    SeedFile(STAGES_FILE, (SEED / STAGES_FILE).read_bytes(), is_executable=False),
]


def names_in(files: list[SeedFile]) -> list[str]:
    """The names that the file gives, commented out or not, in order."""
    (content,) = (file.content.decode() for file in files if file.path == STAGES_FILE)
    return [line.rpartition(" ")[2] for line in content.splitlines() if "- name: " in line]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ("qa,live", ["qa", "live", "prod"]),
        ("qa", ["qa", "staging", "prod"]),
        ("qa,,live", ["qa", "live", "prod"]),
        ("prod,dev", ["prod", "dev", "prod"]),
        ("a,b,c,d,e,f", ["a", "b", "c"]),
    ],
)
def test_the_first_stages_get_the_projects_names(places: str, found: list[str]) -> None:
    written = name_stages("s3://b/k", FILES, named(tuple(places.split(","))))
    assert names_in(written) == found
    assert written[0] == FILES[0]


@pytest.mark.parametrize("stages", ["dev,staging,prod", "dev", "dev,staging", "dev,staging,prod,x"])
def test_names_of_before_leave_every_byte_and_the_version(stages: str) -> None:
    kept = named(tuple(stages.split(",")))
    assert name_stages("s3://b/k", FILES, kept) == FILES
    assert seed_version("1.zip", {}, kept) == "1.zip"


def test_other_names_are_another_version() -> None:
    versions = {seed_version("1.zip", notes, (name,)) for notes in ({}, {"a": {}}) for name in "ab"}
    assert len(versions) == 4


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (FILES[:1], "holds no file config/stages.yml for the names of the stages"),
        (
            [SeedFile(STAGES_FILE, b"stages: []\n", is_executable=False)],
            "has no line `- name: dev` in config/stages.yml",
        ),
    ],
)
def test_a_seed_without_stages_is_refused(files: list[SeedFile], words: str) -> None:
    with pytest.raises(SeedError, match=words):
        name_stages("s3://b/k", files, ("qa",))
