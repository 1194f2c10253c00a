"""Every note of the template has its place in the seed that the product ships."""

from pathlib import Path
from typing import Any

import pytest

from project_repository.seed.bundle import SeedFile
from project_repository.seed.notes import insert_notes

ROOT = Path(__file__).resolve().parents[2]
WORDS = "What only the launch knows."


def _notes(product: dict[str, Any], duty: str) -> dict[str, dict[str, str]]:
    """The notes of one repository's content; references in them become words."""
    (repository,) = (
        logical_id
        for logical_id, resource in product["Resources"].items()
        if resource["Type"] == "Custom::GitHubRepository"
        and f"-{duty}" in str(resource["Properties"]["Name"])
    )
    (content,) = (
        resource["Properties"]
        for resource in product["Resources"].values()
        if resource["Type"] == "Custom::GitHubRepositoryContent"
        and resource["Properties"]["FullName"] == {"Fn::GetAtt": [repository, "FullName"]}
    )
    return {path: dict.fromkeys(texts, WORDS) for path, texts in content.get("Notes", {}).items()}


@pytest.mark.parametrize(("duty", "count"), [("build", 0), ("deploy", 1)])
def test_notes_have_their_place_in_the_seed(product: dict[str, Any], duty: str, count: int) -> None:
    notes = _notes(product, duty)
    folder = ROOT / "seed_code" / f"{duty}_app"
    files = [
        SeedFile(path, (folder / path).read_bytes(), is_executable=False) for path in sorted(notes)
    ]
    written = insert_notes(str(folder), files, notes)
    assert sum(file.content.decode().count(f"-->\n\n{WORDS}\n\n") for file in written) == count
