"""The filters of ``on.push`` and ``on.pull_request``: branches, tags, paths and kinds of activity.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

import re
from typing import Any

from rehearsal.github.actions.workflow import PULL_TYPES, WorkflowFile
from rehearsal.github.core.local_github import PullChange, RefChange
from rehearsal.github.git.git_objects import Commit
from rehearsal.github.git.git_repository import GitRepository


def push_matches(git: GitRepository, file: WorkflowFile, change: RefChange, commit: Commit) -> bool:
    """True if a moved branch or tag triggers a workflow."""
    spec = file.triggers.get("push")
    if spec is None:
        return False
    is_tag = change.ref.startswith("refs/tags/")
    name = change.ref.split("/", 2)[-1]
    mine, other = ("tags", "branches") if is_tag else ("branches", "tags")
    has_mine = mine in spec or f"{mine}-ignore" in spec
    if not has_mine and (other in spec or f"{other}-ignore" in spec):
        return False
    before = change.before or next(iter(commit.parents), None)
    return _selected(spec, mine, name) and _touches(git, spec, before, commit.sha)


def pull_matches(
    git: GitRepository, file: WorkflowFile, change: PullChange, ancestor: str | None
) -> bool:
    """True if a pull request triggers a workflow; ``ancestor`` is where its branches parted."""
    spec = file.triggers.get("pull_request")
    if spec is None or change.action not in _patterns(spec.get("types", list(PULL_TYPES))):
        return False
    is_aimed = _selected(spec, "branches", change.pull.base)
    return is_aimed and _touches(git, spec, ancestor, change.pull.head_sha)


def _touches(git: GitRepository, spec: dict[str, Any], before: str | None, after: str) -> bool:
    """True if a changed path is one of those asked for, or if none are."""
    if "paths" not in spec and "paths-ignore" not in spec:
        return True
    return any(_selected(spec, "paths", path) for path in git.changed_paths(before, after))


def _selected(spec: dict[str, Any], key: str, name: str) -> bool:
    if key in spec:
        verdict = False
        for pattern in _patterns(spec[key]):
            if pattern.startswith("!"):
                verdict = verdict and not glob_matches(pattern[1:], name)
            else:
                verdict = verdict or glob_matches(pattern, name)
        return verdict
    ignored = _patterns(spec.get(f"{key}-ignore", []))
    return not any(glob_matches(pattern, name) for pattern in ignored)


def _patterns(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]


def glob_matches(pattern: str, name: str) -> bool:
    """GitHub's filter patterns: ``*`` in a level, ``**`` across, ``?`` and ``+`` as in regex."""
    pieces = re.split(r"(\*\*/?|\*|\?|\+|\[[^\]]*\])", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}
    regex = "".join(
        known.get(piece, piece if piece.startswith("[") else re.escape(piece)) for piece in pieces
    )
    return re.fullmatch(regex, name) is not None
