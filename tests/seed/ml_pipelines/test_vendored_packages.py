"""Packages of `source_scripts/requirements.txt` travel with the scripts, and only such as fit."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from ml_pipelines import vendored_packages
from ml_pipelines.code_upload import ARCHIVE, PACKAGES_ARCHIVE, code_archive, code_folder
from ml_pipelines.settings import Algorithm, SettingsError
from ml_pipelines.vendored_packages import Requirements, read_requirements

from .wheels import EXTENSION, EXTENSION_TAG, write_wheel

PLACE = {"bucket": "b", "parent": "p"}
XGBOOST = Algorithm(framework="xgboost", version="3.2-0", hyperparameters={})
OLD = XGBOOST.model_copy(update={"version": "1.7-1"})
OWN = Algorithm(
    image=f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team@sha256:{'0' * 64}", hyperparameters={}
)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    folder = tmp_path / "source_scripts"
    folder.mkdir()
    (folder / "train.py").write_text("import rings\n")
    return folder


def needed(scripts: Path, *lines: str) -> Requirements:
    (scripts / "requirements.txt").write_text("".join(lines))
    found = read_requirements(scripts, XGBOOST)
    assert found is not None
    return found


def refusal(scripts: Path, *lines: str) -> str:
    with pytest.raises(SettingsError) as refused:
        _ = needed(scripts, *lines).files
    said = str(refused.value)
    assert said.startswith("source_scripts/requirements.txt is refused: ")
    assert said.endswith(".")
    assert "\n" not in said
    return said


def unpacked(content: bytes) -> Mapping[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        return {member.name: member for member in tar}


def test_without_a_file_nothing_is_needed(scripts: Path) -> None:
    assert read_requirements(scripts, XGBOOST) is None


def test_the_archives_hold_packages_and_their_bytes_depend_on_nothing_else(
    scripts: Path, index: Path
) -> None:
    pure = write_wheel(index, "rings", {"rings/__init__.py": b"", "rings/a/data.bin": b"\0"})
    compiled = {f"ringspeed/{EXTENSION.name}": EXTENSION.read_bytes()}
    fast = write_wheel(index, "ringspeed", compiled, tag=EXTENSION_TAG, needs=("numpy>=2",))
    both = [
        code([scripts / "train.py"], needed(scripts, pure, fast), **PLACE)
        for code in (code_archive, code_folder)
        for _ in range(2)
    ]
    assert both[0].uri == both[1].uri
    archive, again, folder, _ = (folder.objects() for folder in both)
    assert archive == again
    assert set(archive) == {ARCHIVE}
    assert set(folder) == {"train.py", PACKAGES_ARCHIVE}
    members = unpacked(archive[ARCHIVE])
    packages = unpacked(folder[PACKAGES_ARCHIVE])
    assert set(members) == {"train.py", *packages}
    assert set(packages) == {
        "packages/rings/__init__.py",
        "packages/rings/a/data.bin",
        "packages/rings-1.0.dist-info/METADATA",
        "packages/rings-1.0.dist-info/WHEEL",
        "packages/rings-1.0.dist-info/entry_points.txt",
        f"packages/ringspeed/{EXTENSION.name}",
        "packages/ringspeed-1.0.dist-info/METADATA",
        "packages/ringspeed-1.0.dist-info/WHEEL",
        "packages/ringspeed-1.0.dist-info/entry_points.txt",
    }
    assert {member.mtime for member in members.values()} == {0}


def test_the_address_follows_the_lock_and_fetches_nothing(
    scripts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendored_packages.shutil, "which", lambda _: None)
    locks = ["rings==1.0 --hash=sha256:00\n", "rings==1.1 --hash=sha256:00\n"]
    plain = code_archive([scripts / "train.py"], None, **PLACE)
    first, second = (
        code_archive([scripts / "train.py"], needed(scripts, lock), **PLACE) for lock in locks
    )
    assert len({plain.uri, first.uri, second.uri}) == 3


@pytest.mark.parametrize(
    "tag",
    ["cp312-cp312-win_amd64", "cp311-cp311-manylinux_2_28_x86_64", "cp312-cp312-linux_armv7l"],
)
def test_a_package_without_a_wheel_for_the_image_is_named(
    scripts: Path, index: Path, tag: str
) -> None:
    said = refusal(scripts, write_wheel(index, "rings", {"rings.py": b""}, tag=tag))
    assert "wheels for Python 3.12 on x86_64 Linux" in said
    assert "rings" in said.split("uv says: ")[1]


def test_a_source_distribution_is_not_built(scripts: Path, index: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    source = f"open({str(ran)!r}, 'w')\nfrom setuptools import setup\nsetup(name='rings')\n"
    with tarfile.open(index / "rings-1.0.tar.gz", "w:gz") as tar:
        for name, text in (("setup.py", source), ("PKG-INFO", "Name: rings\nVersion: 1.0\n")):
            member = tarfile.TarInfo(f"rings-1.0/{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    hashed = vendored_packages.hashlib.sha256((index / "rings-1.0.tar.gz").read_bytes()).hexdigest()
    refusal(scripts, f"rings==1.0 --hash=sha256:{hashed}\n")
    assert not ran.exists()


@pytest.mark.parametrize(
    "line", ["rings\n", "rings==1.0\n", "rings>=1 --hash=sha256:00\n", "-e .\n", "?\n", "\0"]
)
def test_a_line_that_decides_no_bytes_is_refused(scripts: Path, index: Path, line: str) -> None:
    write_wheel(index, "rings", {"rings.py": b""})
    refusal(scripts, line)


def test_a_dependency_that_is_not_locked_is_named(scripts: Path, index: Path) -> None:
    write_wheel(index, "shells", {"shells.py": b""})
    said = refusal(scripts, write_wheel(index, "rings", {"rings.py": b""}, needs=("shells",)))
    assert "shells" in said


def test_a_package_of_the_image_is_left_to_the_image(scripts: Path, index: Path) -> None:
    said = refusal(scripts, "NumPy==2.4.0 --hash=sha256:00\n")
    assert "the image has numpy 2.1.0; leave it out" in said


def test_a_package_that_needs_another_version_than_the_image_s_is_refused(
    scripts: Path, index: Path
) -> None:
    lines = [
        write_wheel(index, "rings", {"rings.py": b""}, needs=("numpy>=2.3",)),
        write_wheel(
            index, "shells", {"shells.py": b""}, needs=('numpy>=9; sys_platform=="win32"',)
        ),
    ]
    said = refusal(scripts, *lines)
    assert "rings 1.0 needs numpy>=2.3, and the image has 2.1.0" in said


@pytest.mark.parametrize(
    ("bound", "value"), [("LARGEST_PACKAGES_BYTES", 2**20), ("MOST_PACKAGE_FILES", 3)]
)
def test_packages_beyond_a_bound_are_refused(
    scripts: Path, index: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(vendored_packages, bound, value)
    assert "the packages unpack to more than" in refusal(
        scripts, write_wheel(index, "rings", {"rings.bin": bytes(2**20)})
    )


@pytest.mark.parametrize(
    ("algorithm", "why"),
    [
        (OLD, r"the image of xgboost 1\.7-1 has is not known here"),
        (OWN, "an image of your own brings its packages"),
    ],
)
def test_an_image_of_which_nothing_is_known_brings_its_own(
    scripts: Path, algorithm: Algorithm, why: str
) -> None:
    (scripts / "requirements.txt").write_text("rings==1.0\n")
    with pytest.raises(SettingsError, match=why):
        read_requirements(scripts, algorithm)


def test_without_uv_the_remedy_is_named(scripts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendored_packages.shutil, "which", lambda _: None)
    assert "uv fetches the packages, and is not on PATH; install it" in refusal(
        scripts, "rings==1.0 --hash=sha256:00\n"
    )
