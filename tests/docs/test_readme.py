"""The README is what somebody reads before anything else: short, and the way to all the rest."""

import re

import pytest

from tests.documents import DOCUMENTS, ROOT, read

MOST_WORDS = 1800
PICTURE = "![From registration to prediction](diagrams/architecture.svg)"
# Written by programs or about something else than the use of the template.
OTHER_PAGES = re.compile(r"docs/(?:decisions/.*|licences|mutants|permissions|reference-coverage)")


def test_it_is_short() -> None:
    assert len(read("README.md").split()) <= MOST_WORDS


def test_it_begins_with_a_picture_and_two_commands() -> None:
    before, _, after = read("README.md").partition(PICTURE)
    assert after
    assert len(before.split()) < 100
    block = re.search(r"```sh\n(.*?)```", after, re.S)
    assert block is not None
    assert re.findall(r"^(make \w+)", block[1], re.M) == ["make rehearse", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS[1:])
def test_every_document_is_reached_from_it(document: str) -> None:
    assert document in _reached("README.md")


def _reached(start: str) -> set[str]:
    """The documents that links lead to, from one to the next."""
    found, waiting = {start}, [start]
    while waiting:
        document = waiting.pop()
        folder = (ROOT / document).parent
        for path in re.findall(r"\]\((?!https:)([^)#\s]+)", read(document)):
            file = (folder / path).resolve()
            file = file / "README.md" if file.is_dir() else file
            name = str(file.relative_to(ROOT))
            if name in DOCUMENTS and name not in found:
                found.add(name)
                waiting.append(name)
    return found


def test_every_page_for_readers_is_in_the_list() -> None:
    pages = {str(page.relative_to(ROOT)) for page in (ROOT / "docs").rglob("*.md")}
    assert {page for page in pages if not OTHER_PAGES.match(page)} <= set(DOCUMENTS)


def test_a_heading_names_one_place() -> None:
    headings = [
        title for document in DOCUMENTS for title in re.findall(r"^##+ (.+)$", read(document), re.M)
    ]
    assert sorted(headings) == sorted(set(headings))
