"""A folder or machine that cannot take a set-up is refused in one sentence with the remedy."""

from __future__ import annotations

import re
from pathlib import Path

from tests.documents import read_all

from .conftest import PYTHON, Run, refusal, write_program

CHECK = "scripts/check-machine.sh"
XGBOOST = ".images/xgboost/.installed"
# A real Python that takes itself for an older one.
OLDER = f"""exec {PYTHON} -c 'import sys; sys.version_info = (3, 10); exec(sys.argv[2])' "$@" """
# What the real `df` says, with 1,100 MB free.
NEARLY_FULL = """PATH=/usr/bin:/bin df "$@" | awk 'NR == 2 { $4 = 1126400 } 1'"""


def test_how_much_is_installed_and_how_long_it_takes_is_said(
    clone: Path, run: Run, stamps: dict[str, list[str]]
) -> None:
    documents = read_all()
    told = re.findall(r"^Set-up takes ([\d.]+) GB and ([\w ]+),", documents, re.MULTILINE)
    tools = re.findall(r"^\| `make tools` \| .*, ([\d.]+) GB;", documents, re.MULTILINE)
    done = run(clone, CHECK, PYTHON, *stamps["SET_UP"])
    assert (done.returncode, done.stderr) == (0, "")
    said = re.fullmatch(r"Installing (\d+) MB into this folder: ([\w ]+), and .+\n", done.stdout)
    assert said is not None, done.stdout
    assert [(f"{int(said[1]) / 1000:.1f}", said[2])] == told
    for name in (".venv/bin/uv", *stamps["SET_UP"]):
        write_program(clone / name)
    done = run(clone, CHECK, PYTHON, *stamps["SET_UP"], *stamps["TOOLS"])
    assert [f"{int(done.stdout.split()[1]) / 1000:.1f}"] == tools


def test_a_stamp_without_a_size_is_a_fault_of_ours(clone: Path, run: Run) -> None:
    done = run(clone, CHECK, PYTHON, ".images/other/.installed")
    assert ".images/other/.installed has no size" in refusal(done)


def test_a_path_with_a_space_is_refused(clone: Path, run: Run) -> None:
    folder = clone.rename(clone.parent / "my clone")
    assert f"the path {folder} holds a space" in refusal(run(folder, CHECK, PYTHON, XGBOOST))


def test_an_unpacked_archive_is_refused(clone: Path, run: Run) -> None:
    (clone / ".git").rmdir()
    assert "no git repository" in refusal(run(clone, CHECK, PYTHON, XGBOOST))


def test_an_older_python_is_refused_where_it_would_be_used(
    clone: Path, run: Run, tmp_path: Path
) -> None:
    older = write_program(tmp_path / "python3", OLDER)
    for python in (str(older), "python3.3"):
        said = refusal(run(clone, CHECK, python, XGBOOST))
        assert f"Python 3.11 or newer is needed, and {python} is none" in said
    write_program(clone / ".venv/bin/python")
    assert run(clone, CHECK, str(older), XGBOOST).returncode == 0


def test_a_disk_that_is_nearly_full_is_refused(clone: Path, run: Run, tmp_path: Path) -> None:
    program = write_program(tmp_path / "bin" / "df", NEARLY_FULL)
    path = f"{program.parent}:/usr/bin:/bin"
    said = refusal(run(clone, CHECK, PYTHON, XGBOOST, PATH=path))
    needed = re.match(rf"error: (\d+) MB are needed and 1100 MB are free in {clone}; ", said)
    assert needed is not None, said
    assert int(needed[1]) > 1100
    for name in (".venv/bin/uv", XGBOOST):
        write_program(clone / name)
    done = run(clone, CHECK, PYTHON, XGBOOST, PATH=path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), "nothing is to be added"
