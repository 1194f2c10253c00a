"""Shares the projects out to invocations of the same function, a batch to each.

A token whose server is silent takes half a minute. One after the other, those of many projects
would not fit into the time of one invocation.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy_dispatch.project import ProjectParameterError, parse_project
from invocation.aws_errors import AWS_ERRORS, in_words

MOST_PROJECTS = 50
_KEY = "Projects"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parameter:
    """What a project's stack wrote for the functions."""

    name: str
    value: str

    @property
    def token_secret(self) -> str:
        """Return the secret of the project's token; empty if the value does not tell it."""
        try:
            return parse_project(self.name, self.value).token_secret_arn
        except ProjectParameterError:
            return ""


def share_out(parameters: Iterable[Parameter]) -> Iterator[list[Parameter]]:
    """Yield batches; projects of one token are neighbours, so that it is mostly asked for once."""
    ordered = sorted(parameters, key=lambda one: (one.token_secret, one.name))
    for start in range(0, len(ordered), MOST_PROJECTS):
        yield ordered[start : start + MOST_PROJECTS]


def hand_on(lambda_client: Any, function_arn: str, batch: Sequence[Parameter]) -> bool:
    """Start an invocation for a batch; False if AWS does not let it start."""
    told = {_KEY: [{"Name": one.name, "Value": one.value} for one in batch]}
    try:
        lambda_client.invoke(
            FunctionName=function_arn,
            InvocationType="Event",
            Payload=json.dumps(told).encode(),
        )
    except AWS_ERRORS as error:
        _log.warning("a batch is checked here, since none could be started: %s", in_words(error))
        return False
    return True


def read_batch(event: Mapping[str, Any]) -> list[Parameter] | None:
    """Return the batch that an invocation is for; None for the schedule's."""
    told = event.get(_KEY)
    if told is None:
        return None
    return [Parameter(str(one["Name"]), str(one["Value"])) for one in told]
