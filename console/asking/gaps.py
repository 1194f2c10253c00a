"""What a panel could not learn, from AWS as from GitHub."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from github import GithubException
from requests import RequestException

from console.asking.signing_in import has_expired, sign_in
from console.errors import Absent
from console.words.services import service_name
from operations.fleet.gaps import Gaps, is_gone
from operations.github_access import describe as describe_github

Answer = TypeVar("Answer")
GITHUB = "GitHub"
_REMEDIES = {
    401: " Sign in with `gh auth login` or set GH_TOKEN, and start the console again.",
    404: " It is gone, or your token may not see it.",
}


class PageGaps(Gaps):
    """Gaps that also know GitHub's errors, and credentials that ended while a page was open.

    Attributes:
        has_expired: whether AWS said that the credentials have ended.
        absent: what a page is about and that is not there; None as long as nothing says so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.has_expired = False
        self.absent: Absent | None = None
        self._asked: dict[object, str] = {}
        self._asking = threading.Lock()

    @property
    def waits_for(self) -> str:
        """The service that was asked last and has not answered; empty if each has."""
        with self._asking:
            return next(reversed(self._asked.values()), "")

    @contextmanager
    def waiting_for(self, service: str) -> Iterator[None]:
        """Note that a service is asked, by the name that people know, until the block ends."""
        one = object()  # several threads may ask the same service
        with self._asking:
            self._asked[one] = service
        try:
            yield
        finally:
            with self._asking:
                del self._asked[one]

    def ask(self, about: str, service: str, call: Callable[[], Answer], missing: Answer) -> Answer:
        """Return an answer of AWS, or what stands for none; see `Gaps.ask`."""
        with self.waiting_for(service_name(service)):
            return super().ask(about, service, call, missing)

    def find(
        self, about: str, service: str, call: Callable[[], Answer | None], absent: Absent
    ) -> Answer | None:
        """Return an answer of AWS about what a page is about; None if it is not there, or closed.

        Args:
            about: as of `ask`.
            service: as of `ask`.
            call: asks; may raise what boto3 raises, or return None.
            absent: what is missed if there is nothing.
        """

        def look() -> Answer | None:
            try:
                found = call()
            except ClientError as error:
                if is_gone(error):
                    self.miss(absent)
                raise
            if found is None:
                self.miss(absent)
            return found

        return self.ask(about, service, look, None)

    def miss(self, absent: Absent) -> None:
        """Note what is not there; without its project, nothing else of that is."""
        if self.absent is None or absent.is_project:
            self.absent = absent

    def line_of(self, error: ClientError | BotoCoreError, about: str, service: str) -> str:
        """What is said of an error; of credentials that ended, whatever was asked, the remedy."""
        if not has_expired(error):
            return super().line_of(error, about, service)
        self.has_expired = True
        return sign_in(error)

    def ask_github(self, about: str, call: Callable[[], Answer], missing: Answer) -> Answer:
        """Return an answer of GitHub, or what stands for none."""
        try:
            with self.waiting_for(GITHUB):
                return call()
        except GithubException as error:
            told = describe_github(error).rstrip(".")
            remedy = _REMEDIES.get(error.status, "")
            self.tell(f"{about}: not known, since GitHub answered {told}.{remedy}")
        except RequestException as error:
            self.tell(f"{about}: not known, since GitHub did not answer ({type(error).__name__}).")
        return missing
