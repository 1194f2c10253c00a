"""The architecture's picture is sound, needs nothing else, and names what there is."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from mlops_sm_project_template.config import names

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture(root: Path) -> ElementTree.Element:
    return ElementTree.parse(root / "diagrams" / "architecture.svg").getroot()


def test_it_is_an_svg_with_a_description(picture: ElementTree.Element) -> None:
    assert picture.tag == f"{SVG}svg"
    assert picture.findtext(f"{SVG}title")
    assert picture.findtext(f"{SVG}desc")


def test_it_loads_nothing_from_elsewhere(picture: ElementTree.Element) -> None:
    values = [value for node in picture.iter() for value in node.attrib.values()]
    assert [value for value in values if "://" in value] == []
    assert picture.findall(f".//{SVG}image") == []


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


def test_it_names_the_repositories_and_the_steps(picture: ElementTree.Element) -> None:
    words = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    assert names.build_repository("<name>") in words
    assert names.deploy_repository("<name>") in words
    assert all(f"{step} " in words for step in range(1, 7))
