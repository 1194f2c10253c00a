"""Turns paths with contents into the trees and blobs of a whole folder."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from git_client.objects import FOLDER_MODE, GitObject, TreeEntry, tree


@dataclass
class _Folder:
    entries: list[TreeEntry] = field(default_factory=list)
    folders: dict[str, "_Folder"] = field(default_factory=dict)


def plant(files: Mapping[str, tuple[str, str]]) -> list[GitObject]:
    """Return the trees of a folder, the outermost last.

    Args:
        files: path with slashes -> mode and id of its blob.

    Raises:
        ValueError: a name is a file and a folder at once.
    """
    root = _Folder()
    for path, (mode, id_) in files.items():
        *parents, name = path.split("/")
        folder = root
        for parent in parents:
            folder = folder.folders.setdefault(parent, _Folder())
        folder.entries.append(TreeEntry(name, mode, id_))
    return list(_trees(root))


def _trees(folder: _Folder) -> Iterable[GitObject]:
    entries = list(folder.entries)
    for name, inner in folder.folders.items():
        if any(entry.name == name for entry in entries):
            raise ValueError(f"{name} is a file and a folder")
        made = list(_trees(inner))
        yield from made
        entries.append(TreeEntry(name, FOLDER_MODE, made[-1].id))
    yield tree(entries)
