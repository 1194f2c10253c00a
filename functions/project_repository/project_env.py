"""The file `project.env`: what the workflows of a repository know of their project."""

from collections.abc import Mapping

FILE_NAME = "project.env"


def render(configuration: Mapping[str, str]) -> str:
    """Return one `KEY=value` line per variable, sorted."""
    return "".join(f"{key}={value}\n" for key, value in sorted(configuration.items()))


def merge(current: str, previous: Mapping[str, str], wanted: Mapping[str, str]) -> str:
    """Return the file for `wanted`, keeping the variables that users added.

    Args:
        current: the file as it is in the repository.
        previous: the variables that the template wrote last; those no longer wanted go.
        wanted: the variables that the template writes now.
    """
    lines = (line.partition("=") for line in current.splitlines() if "=" in line)
    added = {key: value for key, _, value in lines if key not in previous}
    return render({**added, **wanted})
