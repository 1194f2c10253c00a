"""The decisions are listed by their titles, and the files that they name are there."""

import re
from pathlib import Path

import pytest

FOLDERS = ("docs/decisions", "rehearsal/docs/decisions")


@pytest.mark.parametrize("name", FOLDERS)
def test_the_index_lists_every_page_by_its_title(name: str, root: Path) -> None:
    folder = root / name
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[([\w.-]+)\]\(\1\) \| (.+) \|$", index, re.MULTILINE)
    pages = [
        (page.name, page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "))
        for page in sorted(folder.glob("*.md"))
        if page.name != "README.md"
    ]
    assert listed == pages


def test_every_file_that_a_page_names_is_there(root: Path) -> None:
    folders = "|".join(path.name for path in root.iterdir() if path.is_dir())
    pages = [page for name in FOLDERS for page in sorted((root / name).glob("*.md"))]
    named = [
        (page.name, file)
        for page in pages
        for file in re.findall(rf"`((?:{folders})/[\w./-]+)", page.read_text(encoding="utf-8"))
    ]
    assert len(named) > 50
    assert [(page, file) for page, file in named if not (root / file).exists()] == []
