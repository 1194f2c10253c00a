"""Objects, folders and packs, compared with what git itself makes of them."""

import subprocess
from pathlib import Path

import pytest

from git_client.folders import plant
from git_client.objects import (
    EXECUTABLE_MODE,
    FILE_MODE,
    FOLDER_MODE,
    GitObject,
    Signature,
    TreeEntry,
    blob,
    commit,
    tree,
)
from git_client.pack import encode_pack

FILES: dict[str, tuple[bytes, str]] = {
    "a-b": (b"before the folder a", FILE_MODE),
    "a.txt": (b"before it too", FILE_MODE),
    "a/x": (b"in it", FILE_MODE),
    "a0": (b"after it", FILE_MODE),
    "deep/er/and/deeper.sh": (b"#!/bin/sh\n", EXECUTABLE_MODE),
    "empty": (b"", FILE_MODE),
    "gr\u00fc\u00dfe/\u732b": ("\u00fc".encode(), FILE_MODE),
    "picture": (bytes(range(256)) * 400, FILE_MODE),
}
SIGNATURE = Signature("octo", "1001+octo@users.noreply.github.com", 1_800_000_000)


def git(folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    """Run git in a folder."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=True
    )
    return done.stdout.decode().strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty repository of real git."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path


def planted(files: dict[str, tuple[bytes, str]]) -> tuple[list[GitObject], list[GitObject]]:
    """Blobs and trees of these files."""
    blobs = {path: blob(content) for path, (content, _) in files.items()}
    entries = {path: (mode, blobs[path].id) for path, (_, mode) in files.items()}
    return list(blobs.values()), plant(entries)


def test_the_root_tree_has_the_id_that_git_gives_it(repository: Path) -> None:
    for path, (content, mode) in FILES.items():
        file = repository / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(0o755 if mode == EXECUTABLE_MODE else 0o644)
    git(repository, "add", "--all")
    assert planted(FILES)[1][-1].id == git(repository, "write-tree")


def test_a_commit_has_the_id_that_git_gives_it(repository: Path) -> None:
    empty = git(repository, "mktree")
    env = [
        f"{role}_{field}"
        for role in ("GIT_AUTHOR", "GIT_COMMITTER")
        for field in (f"NAME={SIGNATURE.name}", f"EMAIL={SIGNATURE.email}", "DATE=1800000000 +0000")
    ]
    told = subprocess.run(
        ["env", *env, "git", "commit-tree", empty, "-m", "one\n\ntwo"],
        cwd=repository,
        capture_output=True,
        check=True,
    ).stdout
    assert commit(tree([]).id, [], SIGNATURE, "one\n\ntwo").id == told.decode().strip()


def test_git_takes_a_pack_and_finds_nothing_wrong_in_it(repository: Path) -> None:
    blobs, trees = planted(FILES)
    made = commit(trees[-1].id, [], SIGNATURE, "seed")
    pack = encode_pack([made, *trees, *blobs])
    git(repository, "index-pack", "--stdin", "--strict", stdin=pack)
    git(repository, "update-ref", "refs/heads/main", made.id)
    git(repository, "fsck", "--full", "--strict")
    git(repository, "reset", "--hard", "--quiet")
    assert {path: (repository / path).read_bytes() for path in FILES} == {
        path: content for path, (content, _) in FILES.items()
    }
    assert (repository / "deep/er/and/deeper.sh").stat().st_mode & 0o111


@pytest.mark.parametrize("size", [0, 15, 16, 2047, 2048, 262_143, 262_144, 5_000_000])
def test_git_reads_objects_of_every_length_of_header(repository: Path, size: int) -> None:
    content = b"x" * size
    git(repository, "index-pack", "--stdin", stdin=encode_pack([blob(content)]))
    assert git(repository, "cat-file", "-s", blob(content).id) == str(size)


def test_git_takes_thousands_of_files(repository: Path) -> None:
    files = {f"m{n % 50}/n{n}": (str(n).encode(), FILE_MODE) for n in range(3000)}
    blobs, trees = planted(files)
    git(repository, "index-pack", "--stdin", "--strict", stdin=encode_pack([*trees, *blobs]))
    listed = git(repository, "ls-tree", "-r", "--name-only", trees[-1].id).splitlines()
    assert sorted(listed) == sorted(files)


def test_a_pack_holds_equal_files_once() -> None:
    pack = encode_pack([blob(b"same"), blob(b"same")])
    assert int.from_bytes(pack[8:12], "big") == 1


def test_a_name_cannot_be_a_file_and_a_folder() -> None:
    with pytest.raises(ValueError, match="a is a file and a folder"):
        plant({"a": (FILE_MODE, blob(b"").id), "a/b": (FILE_MODE, blob(b"").id)})


def test_a_folder_sorts_as_if_its_name_ended_in_a_slash() -> None:
    entries = [
        TreeEntry("a", FOLDER_MODE, "0" * 40),
        TreeEntry("a.b", FILE_MODE, "0" * 40),
        TreeEntry("a0", FILE_MODE, "0" * 40),
    ]
    data = tree(entries).data
    assert data.index(b"a.b\0") < data.index(b"40000 a\0") < data.index(b"a0\0")


@pytest.mark.parametrize("name", ["a\nb", "a <x> b", "\0"])
def test_no_name_breaks_out_of_its_line(name: str) -> None:
    line = Signature(name, "a b@<c>\n", 1).line()
    assert line.count("<") == line.count(">") == 1
    assert "\n" not in line
