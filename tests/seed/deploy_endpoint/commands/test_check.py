"""The check of a pull request: settings and vendored code, and one sentence for what is wrong."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy_endpoint.commands import eject
from deploy_endpoint.commands.check import DIGESTS, check_vendored
from deploy_endpoint.errors import VendoredCodeError

from ..conftest import PROD_ELSEWHERE, ROOT, run_command

STACK = "deploy_endpoint/stack/endpoint_stack.py"


@pytest.fixture
def vendor(tmp_path: Path) -> Path:
    """A repository's copy of the vendored code."""
    ignored = shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(ROOT / "vendor", tmp_path / "vendor", ignore=ignored))


@pytest.mark.usefixtures("repository")
def test_the_stages_are_listed_for_loops(capsys: pytest.CaptureFixture[str]) -> None:
    with Path("config/stages.yml").open("a") as file:
        file.write(PROD_ELSEWHERE)
    run_command("check")
    assert capsys.readouterr().out == "dev\nprod\n"


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("name", ["config/stages.yml", "config/prices.yml", "project.env"])
def test_each_file_of_settings_is_read(name: str) -> None:
    Path(name).write_bytes(b"\xff")
    with pytest.raises(SystemExit, match=rf"^error: {name} is not text; write it as "):
        run_command("check")


def change(vendor: Path) -> None:
    with (vendor / STACK).open("a") as file:
        file.write("# mine\n")


def add(vendor: Path) -> None:
    (vendor / "deploy_endpoint/stack/ours.py").write_text("")


def remove(vendor: Path) -> None:
    (vendor / "deploy_endpoint/stack/instances.py").unlink()


@pytest.mark.parametrize(
    ("done", "named"),
    [(change, STACK), (add, "deploy_endpoint/stack/ours.py"), (remove, "instances.py")],
)
def test_a_changed_an_added_and_a_missing_file_are_named(
    vendor: Path, done: Callable[[Path], None], named: str
) -> None:
    check_vendored(vendor)
    done(vendor)
    with pytest.raises(VendoredCodeError) as error:
        check_vendored(vendor)
    assert f"{named} differs from what the template published; take it back" in str(error.value)


def test_many_changes_are_one_sentence(vendor: Path) -> None:
    for done in (change, add, remove):
        done(vendor)
    with pytest.raises(VendoredCodeError) as error:
        check_vendored(vendor)
    assert str(error.value) == (
        f"vendor/{STACK} (and 2 more) differs from what the template published; take it back from "
        "git's history and put the change into app.py, or run `make eject` to make vendor/ your "
        "own."
    )


def test_without_the_digests_everything_differs(vendor: Path) -> None:
    (vendor / DIGESTS).unlink()
    with pytest.raises(VendoredCodeError, match=r"^vendor/__main__\.py \(and \d\d more\) differs"):
        check_vendored(vendor)


def test_what_is_ejected_is_not_compared(
    vendor: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    change(vendor)
    monkeypatch.setattr(eject, "VENDOR", vendor)
    run_command("eject")
    assert capsys.readouterr().out == (
        "vendor/ is this repository's own; commit vendor/EJECTED with your first change.\n"
    )
    check_vendored(vendor)
    (vendor / "EJECTED").unlink()
    with pytest.raises(VendoredCodeError):
        check_vendored(vendor)
