"""The daily look at every project's GitHub token.

1. The schedule's invocation lists the projects. A few it checks itself; of more it hands each batch
   to an invocation of its own. Those that use the credential stored for an owner stay with it, so
   that each of these is asked for once.
2. A batch asks for its tokens side by side, so that one that hangs delays nothing but itself.
3. It tells CloudWatch what it found. A project whose token cannot be judged does not stop the
   others; it fails the invocation at its end, so that Lambda tries the batch again and the alarm
   on errors speaks.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from deploy_dispatch.project import Project, ProjectParameterError, parse_project
from github_client.stored_credential import owner_of
from github_client.token_expiry import WARN_BELOW_DAYS
from invocation.deadline import AWS_CALL_SECONDS, Deadline, LambdaContext
from invocation.toolbox import Toolbox
from token_check.batches import MOST_PROJECTS, Parameter, hand_on, read_batch, share_out
from token_check.metric import put_days_left
from token_check.token_life import TokenUnknownError, days_left

_RESERVE_SECONDS = 5.0 + AWS_CALL_SECONDS
Life = float | TokenUnknownError | None

_log = logging.getLogger(__name__)


class ProjectsUncheckedError(Exception):
    """Some tokens could not be judged."""

    def __init__(self, unchecked: int, checked: int) -> None:
        super().__init__(
            f"{unchecked} of {unchecked + checked} projects could not be checked; the lines above "
            "name them and their causes."
        )


def check_tokens(event: Mapping[str, Any], context: LambdaContext, tools: Toolbox) -> str:
    """Check every project's token, or those of one batch, with these tools.

    Raises:
        ProjectsUncheckedError: at the end, if a project could not be checked.
    """
    deadline = tools.deadline(context, reserve_seconds=_RESERVE_SECONDS)
    batch = read_batch(event)
    if batch is not None:
        return _check(batch, tools, deadline)
    outlasting = tools.outlasting(deadline)
    parameters = list(_parameters(outlasting))
    if len(parameters) <= MOST_PROJECTS:
        return _check(parameters, tools, deadline)
    own = [one for one in parameters if not owner_of(one.token_secret)]
    stays = [one for one in parameters if owner_of(one.token_secret)]
    batches, invoke = list(share_out(own)), outlasting.aws("lambda")
    left = [one for one in batches if not hand_on(invoke, context.invoked_function_arn, one)]
    stays += [one for batch in left for one in batch]
    said = f"handed {len(own)} projects on in {len(batches) - len(left)} batches"
    return f"{said}; {_check(stays, tools, deadline)}" if stays else said


def _check(batch: Sequence[Parameter], tools: Toolbox, deadline: Deadline) -> str:
    """Check the tokens of some projects, and report what is measured.

    Raises:
        ProjectsUncheckedError: at the end, if a project could not be checked.
    """
    lives = _ask({one.token_secret for one in batch} - {""}, tools, deadline)
    measured = [days for days in lives.values() if isinstance(days, float)]
    cloudwatch = tools.outlasting(deadline).aws("cloudwatch")
    put_days_left(cloudwatch, tools.environment["METRIC_NAMESPACE"], measured)
    unchecked = sum(not _tell(one, lives) for one in batch)
    if unchecked:
        raise ProjectsUncheckedError(unchecked, len(batch) - unchecked)
    return f"checked {len(lives)} tokens of {len(batch)} projects"


def _ask(secrets: set[str], tools: Toolbox, deadline: Deadline) -> dict[str, Life]:
    """Return how long each token lasts, or why that is not known."""
    tools.aws("secretsmanager")  # clients are made by one thread, and then used by all

    def judge(secret: str) -> Life:
        try:
            return days_left(tools, secret, deadline)
        except TokenUnknownError as error:
            return error

    ordered = sorted(secrets)
    with ThreadPoolExecutor(MOST_PROJECTS) as threads:
        return dict(zip(ordered, threads.map(judge, ordered), strict=True))


def _parameters(tools: Toolbox) -> Iterator[Parameter]:
    pages = tools.aws("ssm").get_paginator("get_parameters_by_path")
    path = tools.environment["PROJECT_PARAMETER_PREFIX"].rstrip("/")
    for page in pages.paginate(Path=path, Recursive=True):
        for parameter in page["Parameters"]:
            yield Parameter(parameter["Name"], parameter["Value"])


def _tell(parameter: Parameter, lives: Mapping[str, Life]) -> bool:
    """Log what is known of a project's token; tell whether that is anything."""
    try:
        project = parse_project(parameter.name, parameter.value)
        days = lives[project.token_secret_arn]
        if isinstance(days, TokenUnknownError):
            raise days
    except (ProjectParameterError, TokenUnknownError) as error:
        _log.error("project %s: %s", parameter.name, error)
        return False
    _tell_days(parameter.name, project, days)
    return True


def _tell_days(name: str, project: Project, days: float | None) -> None:
    where = f"project {name} ({project.owner}/{project.deploy_repository})"
    if days is None:
        _log.info("%s: its GitHub token does not expire", where)
    elif days >= WARN_BELOW_DAYS:
        _log.info("%s: its GitHub token lasts %.0f more days", where, days)
    else:
        state = f"lasts {days:.0f} more days" if days else "is rejected, expired or deleted"
        owner = owner_of(project.token_secret_arn)
        use = (
            f"store it with `python -m operations credential add {owner}`"
            if owner
            else "update the project with it as GithubAccessToken"
        )
        _log.warning(
            "%s: its GitHub token %s; create a new one in GitHub and %s", where, state, use
        )
