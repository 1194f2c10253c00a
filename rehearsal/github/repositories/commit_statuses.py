"""What outside systems reported about a commit."""

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import CommitStatus, Repository


def newest_reports(github: LocalGitHub, repository: Repository, sha: str) -> list[CommitStatus]:
    """The newest report of each context, newest first."""
    newest: dict[str, CommitStatus] = {}
    for report in github.store.newest(CommitStatus, repository_id=repository.id, sha=sha):
        newest.setdefault(report.context, report)
    return list(newest.values())
