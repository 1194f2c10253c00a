"""One request of CloudFormation, and the connections that are made for it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cloudformation_response.response import Outcome
from cloudformation_response.stacks import is_rolling_back
from github_client.api import GitHubApi
from github_client.connection import connect
from github_client.stored_credential import owner_of
from github_client.token_expiry import WARN_BELOW_DAYS
from invocation.aws_errors import AWS_ERRORS, is_passing
from invocation.deadline import Deadline
from invocation.toolbox import Toolbox


class StackUnknownError(Exception):
    """CloudFormation did not say what becomes of the stack."""

    is_passing = True

    def __init__(self) -> None:
        super().__init__(
            "CloudFormation did not say whether the stack is being rolled back, so nothing was "
            "removed; try again."
        )


class Session:
    """The event, the tools, the time that is left, and GitHub once it was asked for."""

    def __init__(self, event: Mapping[str, Any], tools: Toolbox, deadline: Deadline) -> None:
        self.event = event
        self.tools = tools
        self.deadline = deadline
        self._secret_arn = ""
        self._api: GitHubApi | None = None

    def github(self, token_secret_arn: str) -> GitHubApi:
        """Connect with the token in that secret.

        Raises:
            TokenSecretError: it cannot be read.
        """
        self._secret_arn = token_secret_arn
        self._api = connect(self.tools, token_secret_arn, self.deadline)
        return self._api

    def is_rolling_back(self) -> bool:
        """Tell whether a launch or an update failed; where it may not be asked, no.

        Raises:
            StackUnknownError: AWS does not tell now, and may do so later.
        """
        try:
            return is_rolling_back(self.tools.aws("cloudformation"), self.event["StackId"])
        except AWS_ERRORS as error:
            if is_passing(error):
                raise StackUnknownError from None
            return False

    def with_warning(self, outcome: Outcome) -> Outcome:
        """Add that the token runs out soon, where whoever launched will read it."""
        days = self._api.token_days_left if self._api else None
        if days is None or days >= WARN_BELOW_DAYS:
            return outcome
        owner = owner_of(self._secret_arn)
        how = (
            f"with `python -m operations credential add {owner}`"
            if owner
            else f"in the secret {self._secret_arn}"
        )
        warning = f"The GitHub token expires in {days:.0f} days; store a new one {how}."
        return replace(outcome, reason=f"{outcome.reason} {warning}".strip())
