"""The index of decisions lists each page by its title."""

import re
from pathlib import Path


def test_the_index_lists_every_page_by_its_title(root: Path) -> None:
    folder = root / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| \[([\w.-]+)\]\(\1\) \| (.+) \|$", index, re.MULTILINE)
    pages = [
        (page.name, page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# "))
        for page in sorted(folder.glob("*.md"))
        if page.name != "README.md"
    ]
    assert listed == pages
