"""From the layout with `deploy_endpoint/` at the top to this one: no edit is lost, each is decided.

The older layout is made of this one: every module one folder higher, with its imports, and a test
beside it, as customers once had them.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy_endpoint.commands.check import check_vendored
from deploy_endpoint.errors import VendoredCodeError
from rehearsal.tests.github.in_process_github import InProcessGitHub
from tests.rehearsed.functions.content_requests import Content
from tests.rehearsed.functions.repository_world import Files, RepositoryWorld, zipped

from .conftest import ROOT

PACKAGE = "vendor/deploy_endpoint"
MINE = "# written by a user"
OLD_TEST = "".join(f"def test_{number}() -> None: ...\n" for number in range(20))


def present() -> dict[str, tuple[bytes, int]]:
    """The files of the seed."""
    paths = (path for path in ROOT.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(ROOT).as_posix(): (path.read_bytes(), 0o644) for path in paths}


def former() -> Files:
    """The same in the older layout."""
    files: dict[str, tuple[bytes, int]] = {"tests/test_status.py": (OLD_TEST.encode(), 0o644)}
    for path, (content, mode) in present().items():
        if path.startswith(f"{PACKAGE}/"):
            text = re.sub(r"(deploy_endpoint)\.\w+\.(\w+ import)", r"\1.\2", content.decode())
            files[f"deploy_endpoint/{Path(path).name}"] = (text.encode(), mode)
        elif not path.startswith("vendor/"):
            files[path] = (content, mode)
    return files


@pytest.fixture
def content(tmp_path: Path) -> Iterator[Content]:
    """A customer's repository with the older layout; the newer one is published."""
    with InProcessGitHub(tmp_path / "github", validate=False, content_limit=(0, 0)) as github:
        world = RepositoryWorld(github)
        content = Content(world, "rings-deploy")
        assert content.seed(former(), SeedKey="1.zip")["Status"] == "SUCCESS"
        world.aws.bundles["2.zip"] = zipped(present())
        yield content


def edit(content: Content, path: str) -> None:
    """Write a line into the middle of a file, and push it."""
    lines = content.files()[path][0].decode().splitlines()
    middle = len(lines) // 2
    content.push(path, "\n".join([*lines[:middle], MINE, *lines[middle:], ""]))


def merge_offer(content: Content) -> bool:
    """Press the button below the offered upgrade; tells whether GitHub merged it."""
    assert content.update({"SeedKey": "1.zip"}, SeedKey="2.zip")["Status"] == "SUCCESS"
    (offer,) = content.pull_requests()
    github = content.world.github
    url = f"{github.github.api_url}/repos/{content.full_name}/pulls/{offer['number']}/merge"
    headers = {"Authorization": "Bearer ghp_full", "User-Agent": "test"}
    answer = github.request("PUT", url, body=b"{}", headers=headers)
    assert answer.status in (200, 405), answer.data
    return answer.status == 200


def vendor_of(content: Content, folder: Path) -> Path:
    """Check `vendor/` of the default branch out."""
    for path, (text, _) in content.files().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    return folder / "vendor"


def test_who_changed_nothing_gets_the_new_layout_as_published(
    content: Content, tmp_path: Path
) -> None:
    edit(content, "README.md")
    assert merge_offer(content)
    files = content.files()
    assert MINE in files["README.md"][0].decode()
    assert not [path for path in files if path.startswith(("deploy_endpoint/", "tests/"))]
    check_vendored(vendor_of(content, tmp_path / "clone"))


def test_an_edit_moves_along_and_the_check_asks_for_a_decision(
    content: Content, tmp_path: Path
) -> None:
    edit(content, "deploy_endpoint/status.py")
    assert merge_offer(content)
    moved = "deploy_endpoint/commands/status.py"
    vendor = vendor_of(content, tmp_path / "clone")
    assert MINE in (vendor / moved).read_text(encoding="utf-8")
    with pytest.raises(VendoredCodeError, match=f"^vendor/{moved} differs from what"):
        check_vendored(vendor)


def test_an_edit_of_what_is_gone_is_a_conflict(content: Content) -> None:
    edit(content, "tests/test_status.py")
    before = content.head()
    assert not merge_offer(content)
    assert content.head() == before
    assert MINE in content.files()["tests/test_status.py"][0].decode()
