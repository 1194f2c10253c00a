"""What a panel could not learn, from AWS as from GitHub."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError
from github import GithubException
from requests import RequestException

from console.asking.account import EXPIRED
from operations.fleet.gaps import Gaps
from operations.github_access import describe as describe_github

Answer = TypeVar("Answer")
SIGN_IN = (
    "The AWS credentials have expired; sign in again, for example by `aws sso login`, and this "
    "page goes on by itself."
)


class PageGaps(Gaps):
    """Gaps that also know GitHub's errors, and credentials that ended while a page was open."""

    def __init__(self) -> None:
        super().__init__()
        self.has_expired = False

    def ask(self, about: str, service: str, call: Callable[[], Answer], missing: Answer) -> Answer:
        """Return an answer of AWS, or what stands for none; see `Gaps.ask`."""
        try:
            return super().ask(about, service, self._noticing(call), missing)
        except _ExpiredError:
            self.tell(SIGN_IN)
            return missing

    def ask_github(self, about: str, call: Callable[[], Answer], missing: Answer) -> Answer:
        """Return an answer of GitHub, or what stands for none."""
        try:
            return call()
        except GithubException as error:
            self.tell(f"{about}: not known, since GitHub answered {describe_github(error)}.")
        except RequestException as error:
            self.tell(f"{about}: not known, since GitHub did not answer ({type(error).__name__}).")
        return missing

    def _noticing(self, call: Callable[[], Answer]) -> Callable[[], Answer]:
        def noticed() -> Answer:
            try:
                return call()
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") in EXPIRED:
                    self.has_expired = True
                    raise _ExpiredError from error
                raise

        return noticed


class _ExpiredError(Exception):
    """The credentials ended."""
