"""Lambda entry: the daily look at every project's GitHub token.

A project whose token cannot be judged does not stop the others; it fails the invocation at its
end, so that Lambda tries again and the alarm on errors speaks.
"""

import logging
from collections.abc import Iterator
from typing import Any

from deploy_dispatch.project import Project, ProjectParameterError, parse_project
from github_client.token_expiry import WARN_BELOW_DAYS
from invocation.deadline import Deadline, LambdaContext
from invocation.toolbox import Toolbox, process_toolbox
from token_check.metric import put_days_left
from token_check.token_life import TokenUnknownError, days_left

_RESERVE_SECONDS = 5.0

_log = logging.getLogger(__name__)


class ProjectsUncheckedError(Exception):
    """Some tokens could not be judged."""

    def __init__(self, unchecked: int, checked: int) -> None:
        super().__init__(
            f"{unchecked} of {unchecked + checked} projects could not be checked; the lines above "
            "name them and their causes."
        )


def handle(_event: dict[str, Any], context: LambdaContext) -> str:
    """Check every project's token and say how many there are."""
    return check_tokens(context, process_toolbox())


def check_tokens(context: LambdaContext, tools: Toolbox) -> str:
    """Check every project's token with these tools.

    Raises:
        ProjectsUncheckedError: at the end, if a project could not be checked.
    """
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    known: dict[str, float | TokenUnknownError | None] = {}
    checked = unchecked = 0
    for name, value in _parameters(tools):
        try:
            project = parse_project(name, value)
            secret = project.token_secret_arn
            if secret not in known:
                known[secret] = _judge(tools, secret, deadline)
            days = known[secret]
            if isinstance(days, TokenUnknownError):
                raise days
        except (ProjectParameterError, TokenUnknownError) as error:
            _log.error("project %s: %s", name, error)
            unchecked += 1
        else:
            _tell(name, project, days)
            checked += 1
    measured = [days for days in known.values() if isinstance(days, float)]
    put_days_left(tools.aws("cloudwatch"), tools.environment["METRIC_NAMESPACE"], measured)
    if unchecked:
        raise ProjectsUncheckedError(unchecked, checked)
    return f"checked {len(known)} tokens of {checked} projects"


def _judge(tools: Toolbox, secret: str, deadline: Deadline) -> float | TokenUnknownError | None:
    """Return an error instead of raising it: the secret's other projects must not ask again."""
    try:
        return days_left(tools, secret, deadline)
    except TokenUnknownError as error:
        return error


def _parameters(tools: Toolbox) -> Iterator[tuple[str, str]]:
    pages = tools.aws("ssm").get_paginator("get_parameters_by_path")
    path = tools.environment["PROJECT_PARAMETER_PREFIX"].rstrip("/")
    for page in pages.paginate(Path=path, Recursive=True):
        for parameter in page["Parameters"]:
            yield parameter["Name"], parameter["Value"]


def _tell(name: str, project: Project, days: float | None) -> None:
    where = f"project {name} ({project.owner}/{project.deploy_repository})"
    if days is None:
        _log.info("%s: its GitHub token does not expire", where)
    elif days >= WARN_BELOW_DAYS:
        _log.info("%s: its GitHub token lasts %.0f more days", where, days)
    else:
        state = f"lasts {days:.0f} more days" if days else "is rejected, expired or deleted"
        _log.warning(
            "%s: its GitHub token %s; create a new one in GitHub and update the project with it "
            "as GithubAccessToken",
            where,
            state,
        )
