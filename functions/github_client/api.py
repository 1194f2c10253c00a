"""One authenticated connection to GitHub for the length of an invocation: REST and git over HTTP.

A request goes through three stages: it is sent with connect and read timeouts; an answer that
may change by itself (network failure, 5xx, rate limit, a new repository that is not ready) is
awaited within the deadline; what is left becomes an answer or an error of `errors.py`.
"""

import base64
import json
import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from github_client.answers import Answer, GitAnswer
from github_client.backoff import Backoff, is_transient
from github_client.errors import MissingScopeError
from github_client.persistence import Persistence
from github_client.read_timeout import DEFAULT_SECONDS
from github_client.refusals import explain
from github_client.token_expiry import days_until, read_expiration
from github_client.wire import MOST_GIT_BYTES, Reply, Wire, require_git_server
from invocation.deadline import Deadline
from invocation.http_pool import HttpPool

# Supported until at least March 2028, and by every supported GitHub Enterprise Server.
API_VERSION = "2022-11-28"
# What a repository that was just created may answer although it exists.
NOT_READY = frozenset({404, 409})
_log = logging.getLogger(__name__)


class GitHubApi:
    """Sends requests as one token; thread-confined, made anew for each invocation.

    Args:
        base_url: `https://api.github.com`, or `<server>/api/v3`.
        token: the bare token; it goes into a header and nowhere else.
        http: a `urllib3.PoolManager` or its like.
        deadline: no wait goes beyond it.
        random: jitter in [0, 1).
        read_timeout_seconds: after which an answer counts as lost.
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        http: HttpPool,
        deadline: Deadline,
        random: Callable[[], float],
        read_timeout_seconds: float = DEFAULT_SECONDS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._wire = Wire(http, deadline, read_timeout_seconds)
        self._clock = deadline.clock
        self.deadline = deadline
        self._persistence = Persistence(deadline, Backoff(random), urlsplit(base_url).netloc)
        self.scopes: frozenset[str] | None = None  # None: a token kind without scopes
        self.token_expires_at: datetime | None = None  # None: never, or nothing was asked yet

    @property
    def token_days_left(self) -> float | None:
        """Return the days until the token runs out; None as for `token_expires_at`."""
        if self.token_expires_at is None:
            return None
        return days_until(self.token_expires_at, self._clock())

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: Collection[int] = (),
        not_ready: Collection[int] = (),
        repeatable: bool = True,
        follow_redirects: bool = True,
        before_repeat: Callable[[], None] | None = None,
    ) -> Answer:
        """Send a request to the REST API until it is answered for good.

        Args:
            method: the HTTP verb.
            path: below the base URL, with a leading slash.
            body: sent as JSON unless None.
            accept: error statuses that are answers to the caller, not failures.
            not_ready: statuses to be tried again for a while, then treated as any other.
            repeatable: False if doing it twice differs from doing it once. Then a request whose
                answer was lost is not sent again; rate limits and refused connections are awaited.
            follow_redirects: False if what is asked for must bear the name in `path`.
            before_repeat: called after a wait, right before the request is sent again.

        Raises:
            OutOfTimeError: the next try does not fit into the deadline; go on at `resume_at`.
            UnreachableError: no usable answer; `maybe_applied` says whether to look what is there.
            GitHubError: another of its kinds, for an answer that is final.
        """

        def attempt() -> Answer:
            url = self._base_url + path
            reply = self._wire.exchange(
                method, url, headers, data, follow_redirects=follow_redirects
            )
            return self._read(reply)

        data = None if body is None else json.dumps(body).encode()
        headers = self._rest_headers(data)
        answer = self._persistence.until_final(
            attempt,
            f"{method} {path}",
            not_ready=not_ready,
            repeatable=repeatable,
            before_repeat=before_repeat,
        )
        if answer.status < 300 or answer.status in accept:
            return answer
        raise explain(method, path, answer, self.scopes)

    def exchange_git(
        self,
        method: str,
        url: str,
        *,
        body: bytes | None = None,
        content_type: str = "",
        not_ready: Collection[int] = (),
    ) -> GitAnswer:
        """Send one request of git's smart HTTP protocol, with the token as password.

        A GET is sent until it is answered for good. A POST whose answer was lost is not sent again:
        look at the references, which tell whether it was applied.

        Args:
            method: the HTTP verb.
            url: on the git server that belongs to the API.
            body: sent as it is.
            content_type: of the body.
            not_ready: as for `send`.

        Raises:
            ForeignServerError: `url` is on another server.
            GitHubError: as for `send`.
        """
        require_git_server(self._base_url, url)

        def attempt() -> GitAnswer:
            reply = self._wire.exchange(method, url, headers, body, most_bytes=MOST_GIT_BYTES)
            self._read_token_facts(reply)
            return GitAnswer(reply.status, reply.headers, reply.content)

        password = base64.b64encode(f"x-access-token:{self._token}".encode()).decode()
        headers = {"Authorization": f"Basic {password}"}
        if content_type:
            headers["Content-Type"] = content_type
        path = urlsplit(url).path
        answer = self._persistence.until_final(
            attempt, f"{method} {path}", not_ready=not_ready, repeatable=method == "GET"
        )
        if answer.status < 300:
            return answer
        raise explain(method, path, answer, self.scopes)

    def require_scopes(self, scopes: Collection[str]) -> None:
        """Fail when the last answer showed that the token lacks one of `scopes`.

        Fine-grained tokens and app tokens show no scopes and pass.
        """
        if self.scopes is not None:
            missing = [scope for scope in scopes if scope not in self.scopes]
            if missing:
                raise MissingScopeError(missing)

    def _rest_headers(self, body: bytes | None) -> dict[str, str]:
        return {
            **({} if body is None else {"Content-Type": "application/json"}),
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "X-GitHub-Api-Version": API_VERSION,
        }

    def _read(self, reply: Reply) -> Answer:
        self._read_token_facts(reply)
        usable = reply.content and not is_transient(reply.status)
        return Answer(reply.status, reply.headers, json.loads(reply.content) if usable else None)

    def _read_token_facts(self, reply: Reply) -> None:
        if "x-oauth-scopes" in reply.headers:
            scopes = (scope.strip() for scope in reply.headers["x-oauth-scopes"].split(","))
            self.scopes = frozenset(scope for scope in scopes if scope)
        first = self.token_expires_at is None
        self.token_expires_at = read_expiration(reply.headers) or self.token_expires_at
        if first and self.token_days_left is not None:
            _log.info("the GitHub token expires in %.1f days", self.token_days_left)
