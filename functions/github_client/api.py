"""One authenticated connection to GitHub's REST API for the length of an invocation.

A request goes through three stages: it is sent with connect and read timeouts; an answer that
may change by itself (network failure, 5xx, rate limit, a new repository that is not ready) is
awaited within the deadline; what is left becomes an `Answer` or an error of `errors.py`.
"""

import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3

from github_client.backoff import (
    MAX_ATTEMPTS,
    READY_WITHIN_SECONDS,
    Backoff,
    is_transient,
    rate_limit_wait_seconds,
)
from github_client.errors import (
    LAUNCH_SCOPES,
    GitHubError,
    InvalidTokenError,
    MissingScopeError,
    RateLimitedError,
    RefusedError,
    UnreachableError,
)
from invocation.deadline import Deadline
from invocation.http_pool import HttpPool

# Supported until at least March 2028, and by every supported GitHub Enterprise Server.
API_VERSION = "2022-11-28"
CONNECT_TIMEOUT_SECONDS = 5.0
READ_TIMEOUT_SECONDS = 30.0
# What a repository that was just created may answer although it exists.
NOT_READY = frozenset({404, 409})
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 307, 308})

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """An answer of GitHub: header names in lower case, body decoded from JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def said(self) -> str:
        """Return GitHub's own words for an error, with the details of a 422."""
        if not isinstance(self.body, dict):
            return "no message"
        words = [str(self.body.get("message", "no message"))]
        errors = self.body.get("errors")
        for detail in errors if isinstance(errors, list) else []:
            text = detail.get("message") if isinstance(detail, dict) else detail
            words += [str(text)] if text else []
        return ": ".join(words)[:500]


class GitHubApi:
    """Sends requests as one token; thread-confined, made anew for each invocation.

    Args:
        base_url: `https://api.github.com`, or `<server>/api/v3`.
        token: the bare token; it goes into a header and nowhere else.
        http: a `urllib3.PoolManager` or its like.
        deadline: no wait goes beyond it.
        random: jitter in [0, 1).
    """

    def __init__(
        self,
        *,
        base_url: str,
        token: str,
        http: HttpPool,
        deadline: Deadline,
        random: Callable[[], float],
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._token = token
        self._http = http
        self._deadline = deadline
        self._backoff = Backoff(random)
        self.scopes: frozenset[str] | None = None  # None: a token kind without scopes

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        accept: Collection[int] = (),
        not_ready: Collection[int] = (),
    ) -> Answer:
        """Send a request until it is answered for good.

        Args:
            method: the HTTP verb.
            path: below the base URL, with a leading slash.
            body: sent as JSON unless None.
            accept: error statuses that are answers to the caller, not failures.
            not_ready: statuses to be tried again for a while, then treated as any other.
        """
        started = self._deadline.clock()
        for attempt in range(1, MAX_ATTEMPTS + 1):
            answer = self._attempt(method, path, body)
            wait = self._wait_before_next(answer, attempt, not_ready, started)
            if wait is None:
                break
            if not self._deadline.allows(wait) or attempt == MAX_ATTEMPTS:
                if isinstance(answer, Answer) and answer.status in (403, 429):
                    raise RateLimitedError(wait)
                break
            _log.info("%s %s: next try in %.1f s (%s)", method, path, wait, _outcome(answer))
            self._deadline.sleep(wait)
        if isinstance(answer, GitHubError):
            raise answer
        if answer.status < 300 or answer.status in accept:
            return answer
        raise self._explain(method, path, answer)

    def require_scopes(self, scopes: Collection[str]) -> None:
        """Fail when the last answer showed that the token lacks one of `scopes`.

        Fine-grained tokens and app tokens show no scopes and pass.
        """
        if self.scopes is not None:
            missing = [scope for scope in scopes if scope not in self.scopes]
            if missing:
                raise MissingScopeError(missing)

    def _attempt(self, method: str, path: str, body: Any) -> "Answer | UnreachableError":
        host = urlsplit(self._base_url).netloc
        try:
            answer = self._exchange(method, self._base_url + path, body)
        except urllib3.exceptions.HTTPError as error:
            return UnreachableError(host, type(error).__name__)
        except ValueError:
            return UnreachableError(host, "its answer is not JSON")
        if is_transient(answer.status):
            return UnreachableError(host, f"it answered {answer.status}")
        return answer

    def _exchange(self, method: str, url: str, body: Any) -> Answer:
        for _ in range(_MAX_REDIRECTS + 1):
            answer = self._send_once(method, url, body)
            target = urljoin(url, answer.headers.get("location", ""))
            # The token must not follow a redirect to another host; writes are never redirected.
            if (
                method != "GET"
                or answer.status not in _REDIRECTS
                or urlsplit(target)[:2] != urlsplit(url)[:2]
            ):
                break
            url = target
        return answer

    def _send_once(self, method: str, url: str, body: Any) -> Answer:
        read = max(1.0, min(READ_TIMEOUT_SECONDS, self._deadline.remaining_seconds()))
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "User-Agent": "mlops-sm-project-template",
            "X-GitHub-Api-Version": API_VERSION,
        }
        if body is not None:
            headers["Content-Type"] = "application/json"
        response = self._http.request(
            method,
            url,
            body=None if body is None else json.dumps(body).encode(),
            headers=headers,
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT_SECONDS, read=read),
            retries=False,
            redirect=False,
        )
        lower = {name.lower(): value for name, value in response.headers.items()}
        if "x-oauth-scopes" in lower:
            scopes = (scope.strip() for scope in lower["x-oauth-scopes"].split(","))
            self.scopes = frozenset(scope for scope in scopes if scope)
        unusable = is_transient(response.status) or not response.data
        return Answer(response.status, lower, None if unusable else json.loads(response.data))

    def _wait_before_next(
        self,
        answer: "Answer | UnreachableError",
        attempt: int,
        not_ready: Collection[int],
        started: float,
    ) -> float | None:
        """Return the wait before another try, or None when the answer is final."""
        jittered = self._backoff.wait_seconds(attempt)
        if isinstance(answer, UnreachableError):
            return jittered
        now = self._deadline.clock()
        asked = rate_limit_wait_seconds(answer.status, answer.headers, answer.said, now=now)
        if asked is not None:
            return asked + self._backoff.wait_seconds(1)
        if answer.status in not_ready and now - started + jittered < READY_WITHIN_SECONDS:
            return jittered
        return None

    def _explain(self, method: str, path: str, answer: Answer) -> GitHubError:
        if answer.status == 401:
            return InvalidTokenError()
        if answer.status in (403, 404) and self.scopes is not None:
            # Only writing git objects can touch workflow files; GitHub hides the lack behind a 404.
            writes_git = method != "GET" and "/git/" in path
            needed = LAUNCH_SCOPES if writes_git else LAUNCH_SCOPES[:1]
            missing = [scope for scope in needed if scope not in self.scopes]
            if missing:
                return MissingScopeError(missing)
        return RefusedError(method, path, answer.status, answer.said)


def _outcome(answer: "Answer | UnreachableError") -> str:
    return str(answer.status) if isinstance(answer, Answer) else type(answer).__name__
