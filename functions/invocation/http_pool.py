"""The HTTP transport that is passed in."""

from typing import Any, Protocol

import urllib3


class HttpPool(Protocol):
    """The part of `urllib3.PoolManager` in use."""

    def request(self, method: str, url: str, **options: Any) -> urllib3.BaseHTTPResponse:
        """Send one request."""
        ...
