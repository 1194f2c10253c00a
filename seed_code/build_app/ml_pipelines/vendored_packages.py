"""Fetches the packages of `source_scripts/requirements.txt`, which travel with the scripts.

Jobs and endpoints have no network. uv resolves for the image's Python and platform, whatever this
machine's are, and takes wheels alone, so that no code of a package runs here; and only wheels whose
hash the file names, so that the file decides the bytes and stands for them in an address.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ml_pipelines.settings import Algorithm, SettingsError

REQUIREMENTS = "requirements.txt"
PACKAGES = "packages"
LARGEST_PACKAGES_BYTES = 250 * 2**20
MOST_PACKAGE_FILES = 5000
PLATFORM = "x86_64-manylinux_2_28"
PYTHON = "3.12"
_LISTS = Path(__file__).with_name("image_packages")
_MARKERS = {
    "extra": "",
    "platform_machine": "x86_64",
    "python_version": PYTHON,
    "sys_platform": "linux",
}
_NAME = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)")
# Written by the installation about itself; some of it differs from machine to machine.
_LEFT_OUT = ("INSTALLER", "RECORD", "REQUESTED", "uv_cache.json", ".lock")
_LONGEST_REASON = 400


@dataclass(frozen=True)
class Requirements:
    """What the scripts need beside the image's packages.

    Attributes:
        lock: content of the file.
        image: list of the image's own packages.
    """

    lock: bytes
    image: Path

    @property
    def digest(self) -> str:
        """Stands for the packages, without fetching them."""
        target = f"{PYTHON} {PLATFORM}\n".encode()
        return hashlib.sha256(target + self.image.read_bytes() + self.lock).hexdigest()

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The packages' files below `packages/`, fetched when first asked for.

        Raises:
            SettingsError: one cannot be had, does not fit the image, or all are too large.
        """
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _install(self.lock, self.image, folder)
            _check_fit(folder, self.image)
            return dict(_files(folder))


def read_requirements(scripts: Path, algorithm: Algorithm) -> Requirements | None:
    """Read `requirements.txt` beside the scripts, if there is one.

    Raises:
        SettingsError: it names a package of the image, or nobody knows what the image has.
    """
    file = scripts / REQUIREMENTS
    if not file.is_file():
        return None
    image = image_list(algorithm)
    lock = file.read_bytes()
    lines = lock.decode("utf-8", errors="replace").splitlines()
    named = (canonicalize_name(found[1]) for line in lines if (found := _NAME.match(line)))
    held = image_packages(image)
    for name in named:
        if name in held:
            raise _refused(f"the image has {name} {held[name]}".rstrip() + "; leave it out")
    return Requirements(lock, image)


def image_list(algorithm: Algorithm) -> Path:
    """The list of the packages that an image has.

    Raises:
        SettingsError: there is none.
    """
    if algorithm.image is not None:
        raise _refused("an image of your own brings its packages; put these into it as well")
    image = _LISTS / f"{algorithm.framework}-{algorithm.version}.txt"
    if not image.is_file():
        raise _refused(
            f"what the image of {algorithm.framework} {algorithm.version} has is not known here; "
            "choose another version, or an image of your own with the packages in it"
        )
    return image


def image_packages(image: Path) -> dict[str, str]:
    """The packages of an image, each with its version if that is published."""
    lines = (line for line in image.read_text("utf-8").splitlines() if not line.startswith("#"))
    pins = (line.partition("==") for line in lines)
    return {canonicalize_name(name): version for name, _, version in pins}


def find_uv() -> str:
    """The program that resolves and fetches packages.

    Raises:
        SettingsError: there is none.
    """
    uv = shutil.which("uv")
    if uv is None:
        raise _refused("uv fetches the packages, and is not on PATH; install it")
    return uv


def target(image: Path) -> list[str]:
    """Options of uv: wheels for the image, beside what it has."""
    return [
        *("--no-config", "--color", "never", "--python", sys.executable),
        *("--python-version", PYTHON, "--python-platform", PLATFORM),
        *("--only-binary", ":all:", "--excludes", str(image)),
    ]


def _install(lock: bytes, image: Path, folder: Path) -> None:
    argv = [find_uv(), "pip", "install", "--quiet", *target(image), "--require-hashes"]
    argv += ["--no-compile-bytecode", "--link-mode", "copy", "--target", str(folder)]
    with tempfile.NamedTemporaryFile(suffix=f"-{REQUIREMENTS}") as file:
        file.write(lock)
        file.flush()
        done = subprocess.run([*argv, "-r", file.name], capture_output=True, text=True, check=False)
    if done.returncode:
        said = " ".join(done.stderr.replace(file.name, REQUIREMENTS).split())
        raise _refused(
            f"not all of it can be had as wheels for Python {PYTHON} on x86_64 Linux; uv says: "
            f"{said.removeprefix('error: ')[:_LONGEST_REASON]}"
        )


def _check_fit(folder: Path, image: Path) -> None:
    held = image_packages(image)
    for package in distributions(path=[str(folder)]):
        for line in package.requires or ():
            needed = Requirement(line)
            name = canonicalize_name(needed.name)
            if needed.marker is not None and not needed.marker.evaluate(_MARKERS):
                continue
            if held.get(name) and not needed.specifier.contains(held[name]):
                raise _refused(
                    f"{package.name} {package.version} needs {name}{needed.specifier}, and the "
                    f"image has {held[name]}; choose another version of {package.name}"
                )


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    size = count = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        # Programs of packages begin with this machine's path of Python.
        if not path.is_file() or path.name in _LEFT_OUT or name.parts[0] == "bin":
            continue
        size, count = size + path.stat().st_size, count + 1
        if size > LARGEST_PACKAGES_BYTES or count > MOST_PACKAGE_FILES:
            raise _refused(
                f"the packages unpack to more than {LARGEST_PACKAGES_BYTES >> 20} MiB or "
                f"{MOST_PACKAGE_FILES} files; put them into an image of your own"
            )
        yield f"{PACKAGES}/{name.as_posix()}", path.read_bytes()


def _refused(why: str) -> SettingsError:
    return SettingsError(f"source_scripts/{REQUIREMENTS} is refused: {why}.")
