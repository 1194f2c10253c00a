"""What a job is given of the secrets and variables of its repository."""

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Secret, Variable


def values_for_job(
    github: LocalGitHub, kind: type[Secret] | type[Variable], repository_id: int
) -> dict[str, str]:
    """What a job sees as ``secrets`` or ``vars``."""
    found = github.store.select(kind, repository_id=repository_id)
    return {item.name: item.value for item in found}
