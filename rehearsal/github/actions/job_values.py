"""What a job is given of the secrets and variables of its repository and environment."""

from rehearsal.github.core.local_github import LocalGitHub
from rehearsal.github.core.resources import Secret, Variable


def values_for_job(
    github: LocalGitHub, kind: type[Secret] | type[Variable], repository_id: int, environment: str
) -> dict[str, str]:
    """What a job sees as ``secrets`` or ``vars``: the environment's override the repository's."""
    found: dict[str, str] = {}
    for scope in ("", environment) if environment else ("",):
        for item in github.store.select(kind, repository_id=repository_id, environment=scope):
            found[item.name] = item.value
    return found
