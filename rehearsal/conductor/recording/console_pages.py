"""The console as a person's browser sees it: let in by its address with the token."""

from http import HTTPStatus

import requests

_TIMEOUT_SECONDS = (2, 20)


class NotLetInError(Exception):
    """The console answers, but refuses its own address."""


class ConsolePages:
    """Opens pages of one console.

    Args:
        address: what a person opens, with the token.
    """

    def __init__(self, address: str) -> None:
        self._entrance = address
        self._page = address.partition("?")[0].rstrip("/")
        self._session = requests.Session()
        # Loopback needs no proxy, and no credentials from somebody's .netrc.
        self._session.trust_env = False

    def enter(self) -> None:
        """Get the cookie.

        Raises:
            requests.RequestException: the console does not answer, or not yet.
            NotLetInError: it refuses.
        """
        answer = self._session.get(self._entrance, timeout=_TIMEOUT_SECONDS)
        if not answer.ok or not self._session.cookies:
            raise NotLetInError(f"The console answered {answer.status_code} to its own address.")

    def read(self, address: str) -> str | None:
        """A page or a style sheet; None if there is none.

        Raises:
            requests.RequestException: the console does not answer, or fails.
        """
        answer = self._session.get(f"{self._page}{address}", timeout=_TIMEOUT_SECONDS)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            return None
        answer.raise_for_status()
        return answer.content.decode("utf-8", "replace")

    @property
    def secrets(self) -> list[str]:
        """What lets in."""
        return [str(cookie.value) for cookie in self._session.cookies]

    def close(self) -> None:
        """Give up the connection."""
        self._session.close()
