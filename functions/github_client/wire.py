"""Single requests to GitHub's servers: limits of time and size, redirects, where the token goes."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import urllib3

from github_client.errors import ForeignServerError
from invocation.deadline import Deadline
from invocation.http_pool import MIB, MOST_BYTES, WHOLE_REQUEST_SECONDS, HttpPool

USER_AGENT = "mlops-sm-project-template"
CONNECT_TIMEOUT_SECONDS = 5.0
# A git server names every branch and tag of a repository in one answer: about 400,000 of them.
MOST_GIT_BYTES = 32 * MIB
_MAX_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 307, 308})
# The request never left, so that sending it again cannot do it twice.
_NEVER_SENT = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
# "Name or service not known"; a resolver that does not answer says something else.
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME})


@dataclass(frozen=True)
class Reply:
    """A status, headers with names in lower case, and bytes."""

    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass(frozen=True)
class Wire:
    """Sends one request at a time; no wait goes beyond the deadline."""

    http: HttpPool
    deadline: Deadline
    read_timeout_seconds: float

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        follow_redirects: bool = True,
        most_bytes: int = MOST_BYTES,
    ) -> Reply:
        """Send a request, and send it again, as it is, wherever this server redirects it to.

        GitHub redirects writes to a renamed repository too, and asks that they be repeated
        verbatim: no redirect turns one into a read.
        """
        for _ in range(_MAX_REDIRECTS if follow_redirects else 0):
            reply = self._send(method, url, headers, body, most_bytes)
            target = urljoin(url, reply.headers.get("location", url))
            is_here = urlsplit(target)[:2] == urlsplit(url)[:2]
            if reply.status not in _REDIRECTS or target == url or not is_here:
                return reply
            url = target
        return self._send(method, url, headers, body, most_bytes)

    def _send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        most_bytes: int,
    ) -> Reply:
        left = max(1.0, self.deadline.remaining_seconds())
        response = self.http.request(
            method,
            url,
            body=body,
            headers={"User-Agent": USER_AGENT, **headers},
            timeout=urllib3.Timeout(
                connect=CONNECT_TIMEOUT_SECONDS,
                read=min(self.read_timeout_seconds, left),
                total=min(WHOLE_REQUEST_SECONDS, left),
            ),
            most_bytes=most_bytes,
            retries=False,
            redirect=False,
        )
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, lower, response.data)


def was_never_sent(error: urllib3.exceptions.HTTPError) -> bool:
    """Tell whether GitHub cannot have seen the request."""
    return isinstance(error, _NEVER_SENT)


def is_passing(error: urllib3.exceptions.HTTPError) -> bool:
    """Tell whether waiting may help: not with an unknown name or an untrusted certificate."""
    cause = error.__cause__
    is_unknown = isinstance(cause, socket.gaierror) and cause.errno in _NO_SUCH_NAME
    return not is_unknown and not isinstance(error, urllib3.exceptions.SSLError)


def require_git_server(api_url: str, url: str) -> None:
    """Refuse an address that is not on the git server of the API at `api_url`.

    `https://api.github.com` belongs to `https://github.com`; GitHub Enterprise Server has both on
    one host.

    Raises:
        ForeignServerError: the token would go to a stranger.
    """
    api, wanted = urlsplit(api_url), urlsplit(url)
    host = api.netloc if api.path.strip("/") else api.netloc.removeprefix("api.")
    if (wanted.scheme, wanted.netloc) != (api.scheme, host):
        raise ForeignServerError(wanted.hostname or "without a host", host)
