"""The pictures are sound, need nothing else, and name what there is."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mlops_sm_project_template.config import names
from tests.documents import DOCUMENTS, ROOT, read

DIAGRAMS = ROOT / "diagrams"
ARCHITECTURE = DIAGRAMS / "architecture.svg"
RECORDED = sorted(DIAGRAMS.glob("console-*.png"))
MOST_BYTES = 150_000
CONSOLE = sorted((DIAGRAMS / "console").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> ElementTree.Element:
    return ElementTree.parse(request.param).getroot()


def _texts(picture: ElementTree.Element, *classes: str) -> list[str]:
    found = picture.iter(f"{SVG}text")
    return [text.text or "" for text in found if not classes or text.get("class") in classes]


every_picture = pytest.mark.parametrize(
    "picture", [ARCHITECTURE, *CONSOLE], indirect=True, ids=lambda file: file.stem
)


@every_picture
def test_it_is_an_svg_with_a_description(picture: ElementTree.Element) -> None:
    assert picture.tag == f"{SVG}svg"
    assert picture.findtext(f"{SVG}title")
    assert picture.findtext(f"{SVG}desc")


@every_picture
def test_it_loads_nothing_from_elsewhere(picture: ElementTree.Element) -> None:
    values = [value for node in picture.iter() for value in node.attrib.values()]
    assert [value for value in values if "://" in value] == []
    assert picture.findall(f".//{SVG}image") == []


@every_picture
def test_everything_drawn_is_inside_the_picture(picture: ElementTree.Element) -> None:
    _, _, width, height = map(float, picture.attrib["viewBox"].split())
    for box in picture.iter(f"{SVG}rect"):
        right = float(box.get("x", 0)) + float(box.attrib["width"])
        bottom = float(box.get("y", 0)) + float(box.attrib["height"])
        assert right <= width
        assert bottom <= height
    for text in picture.iter(f"{SVG}text"):
        assert 0 <= float(text.attrib["x"]) <= width
        assert 0 <= float(text.attrib["y"]) <= height


@pytest.mark.parametrize("picture", [ARCHITECTURE], indirect=True)
def test_it_names_the_repositories_and_the_steps(picture: ElementTree.Element) -> None:
    words = " ".join(_texts(picture))
    assert names.build_repository("<name>") in words
    assert names.deploy_repository("<name>") in words
    assert all(f"{step} " in words for step in range(1, 7))


@pytest.mark.parametrize("picture", CONSOLE, indirect=True, ids=lambda file: file.stem)
def test_a_picture_of_the_console_shows_the_steps_that_a_document_gives(
    picture: ElementTree.Element, text: str
) -> None:
    steps = _texts(picture, "step-name", "click-name")
    assert len(steps) >= 3
    assert f"*{' → '.join(steps)}" in " ".join(text.split())


@pytest.mark.parametrize("file", CONSOLE, ids=lambda file: file.stem)
def test_one_document_shows_each_picture_by_its_title(file: Path) -> None:
    title = ElementTree.parse(file).getroot().findtext(f"{SVG}title")
    shown = [
        (ROOT / document).parent / path
        for document in DOCUMENTS
        for path in re.findall(rf"!\[{title}\]\(([^)]+)\)", read(document))
    ]
    assert [path.resolve() for path in shown] == [file]


def test_the_pictures_of_the_console_are_small_and_told_to_who_does_not_see_them() -> None:
    assert len(RECORDED) == 2
    for file in RECORDED:
        assert file.stat().st_size < MOST_BYTES, file
        (told,) = re.findall(rf"!\[([^]]+)\]\(diagrams/{file.name}\)", read("README.md"))
        assert len(told.split()) > 10, file
