"""What GitHub answers, over REST and over git's smart HTTP protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_LONGEST_MESSAGE = 500


@dataclass(frozen=True)
class Answer:
    """An answer of the REST API: header names in lower case, body decoded from JSON."""

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
        return ": ".join(words)[:_LONGEST_MESSAGE]


@dataclass(frozen=True)
class GitAnswer:
    """An answer of the git server: header names in lower case, content as it came."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def said(self) -> str:
        """Return the git server's own words for an error, on one line."""
        text = self.content[:_LONGEST_MESSAGE].decode("utf-8", "replace")
        return " ".join("".join(c if c.isprintable() else " " for c in text).split()) or (
            "no message"
        )
