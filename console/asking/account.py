"""The AWS account, and GitHub if there is a token for it, with the person's own credentials."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
import github
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3 import Retry

from console.asking.kept_costs import KeptCosts
from console.asking.signing_in import OtherAccountError
from console.asking.unchanging import Unchanging
from operations.aws_session import PATIENCE, Identity, identity, open_session
from operations.errors import RegionMissingError
from operations.github_access import GithubAccess

# Some questions have helpers; beyond what is kept, urllib3 would warn in the terminal.
_CONNECTIONS = 96
_POOLED = PATIENCE.merge(
    Config(max_pool_connections=_CONNECTIONS, retries={"mode": "standard", "total_max_attempts": 4})
)

# Of GitHub. A rate limit, which may last an hour, is told and not waited for.
IMPATIENT = Retry(
    total=2,
    status_forcelist=range(500, 600),
    raise_on_status=False,
    respect_retry_after_header=False,
)
# Short texts and numbers, two for each project of the first page.
_MOST_FACTS = 4000
# Up to a megabyte each.
_MOST_DOCUMENTS = 300
_MOST_GITHUB_READS = 200
# Of what may change although it seldom does: as long as a page may be behind with it.
RECENT_SECONDS = 30.0
# For how long an answer is good as long as nothing goes on.
QUIET_SECONDS = 10.0


@dataclass
class Account:
    """Clients of one account and region, made once for all threads.

    Args:
        identity: who the person is.
        access: GitHub with the person's token; None if there is none.
        open_session: makes a session, anew when credentials have expired.
        costs: asks for those of projects.
        facts: that never change.
        documents: that never change, as they were read, such as the reports of evaluations.
        recent: what seldom changes.
        quiet_runs: of repositories in which no run is under way.
        github_reads: what GitHub answered last, with the tags of the answers.
    """

    identity: Identity
    access: GithubAccess | None = None
    open_session: Callable[[], boto3.Session] = open_session
    costs: KeptCosts = field(default_factory=KeptCosts)
    facts: Unchanging = field(default_factory=lambda: Unchanging(_MOST_FACTS))
    documents: Unchanging = field(default_factory=lambda: Unchanging(_MOST_DOCUMENTS))
    recent: Unchanging = field(default_factory=lambda: Unchanging(_MOST_FACTS, RECENT_SECONDS))
    quiet_runs: Unchanging = field(default_factory=lambda: Unchanging(_MOST_FACTS, QUIET_SECONDS))
    github_reads: Unchanging = field(default_factory=lambda: Unchanging(_MOST_GITHUB_READS))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _clients: dict[tuple[str, int], Any] = field(default_factory=dict)
    _session: boto3.Session | None = None
    _renewing: threading.Lock = field(default_factory=threading.Lock)
    _is_other: str = ""
    _github: github.Github | None = None

    @classmethod
    def of_person(cls, access: GithubAccess | None) -> "Account":
        """The account of `AWS_PROFILE` and the other settings of the AWS tools.

        Raises:
            RegionMissingError: no region is set.
            ClientError: AWS refused the credentials.
            BotoCoreError: there are none, or AWS cannot be reached.
        """
        session = open_session()
        return cls(identity(session), access, _session=session)

    @property
    def region_name(self) -> str:
        """The region that is asked."""
        return self.identity.region

    @property
    def github(self) -> github.Github | None:
        """The client of GitHub; None without a token.

        It does not ask for a repository itself before it asks for something in it.
        """
        with self._lock:
            if self._github is None and self.access is not None:
                self._github = self.access.client.withLazy(True)
            return self._github

    def client(self, service: str, *, config: Config = _POOLED) -> Any:
        """The boto3 client of a service, which threads may share.

        Raises:
            OtherAccountError: somebody signed in to another account meanwhile.
        """
        with self._lock:
            if self._is_other:
                raise OtherAccountError(now=self._is_other, shown=self.identity.account)
            key = service, id(config)
            if key not in self._clients:
                self._session = self._session or self.open_session()
                self._clients[key] = self._session.client(service, config=config)
            return self._clients[key]

    def renew(self) -> bool:
        """Read the credentials again: a person may have signed in anew, and as somebody else.

        Returns:
            Whether they are good now.
        """
        if not self._renewing.acquire(blocking=False):
            return False  # somebody does it just now
        try:
            session = self.open_session()
            told = identity(session)
        except (BotoCoreError, ClientError, RegionMissingError):
            return False  # not yet; whatever is asked next says why
        finally:
            self._renewing.release()
        with self._lock:
            self._clients.clear()
            self._session = session
            is_same = told.account == self.identity.account
            self._is_other = "" if is_same else told.account
            self.identity = told if is_same else self.identity
        return is_same
