"""A repository's outermost folder is rewritten only if it is known exactly."""

from typing import Any

import pytest

from git_client.objects import FOLDER_MODE, TreeEntry, tree
from project_repository.write_configuration import UnwritableFolderError, root_entries

ENTRIES = (
    TreeEntry("README.md", "100644", "a" * 40),
    TreeEntry("run.sh", "100755", "b" * 40),
    TreeEntry("src", FOLDER_MODE, "c" * 40),
)


class _Target:
    full_name = "octo/rings"

    def __init__(self, *entries: TreeEntry) -> None:
        self._entries = entries

    def git(self, kind: str, id_: str) -> Any:
        assert (kind, id_) == ("trees", tree(ENTRIES).id)
        told = [
            {"path": entry.name, "mode": entry.mode.rjust(6, "0"), "sha": entry.id}
            for entry in self._entries
        ]
        return {"tree": told}


def _read(*entries: TreeEntry) -> dict[str, TreeEntry]:
    target: Any = _Target(*entries)
    return root_entries(target, tree(ENTRIES).id)


def test_a_folder_is_known_by_name() -> None:
    assert _read(*ENTRIES) == {entry.name: entry for entry in ENTRIES}


@pytest.mark.parametrize(
    "listed",
    [ENTRIES[:2], (*ENTRIES[:2], TreeEntry("sr\ufffd", FOLDER_MODE, "c" * 40)), ()],
    ids=["cut off", "no text", "empty"],
)
def test_a_folder_that_github_does_not_return_exactly_is_left_alone(
    listed: tuple[TreeEntry, ...],
) -> None:
    with pytest.raises(UnwritableFolderError, match="The folder of octo/rings holds a name"):
        _read(*listed)
