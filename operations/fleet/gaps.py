"""What could not be read; a table with a gap is better than none."""

import threading
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.doctor.examination import missing_right

Answer = TypeVar("Answer")
_GONE = ("ResourceNotFound", "ResourceNotFoundException", "NoSuchKey")
# SageMaker has a code of its own for few things that it does not find.
_GONE_IN_WORDS = ("does not exist", "cannot find", "could not find", "not found")


class Gaps:
    """Asks, and remembers each reason why there is no answer once; for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: dict[str, None] = {}

    def ask(self, about: str, service: str, call: Callable[[], Answer], missing: Answer) -> Answer:
        """Return an answer of AWS, or what stands for none.

        Args:
            about: what stays unknown, at the beginning of a sentence.
            service: whose rights are asked, as policies write it.
            call: asks; may raise what boto3 raises.
            missing: the value if there is nothing, or nothing to be learnt.
        """
        try:
            return call()
        except (ClientError, BotoCoreError) as error:
            if not is_gone(error):
                self.tell(self.line_of(error, about, service))
        return missing

    def line_of(self, error: ClientError | BotoCoreError, about: str, service: str) -> str:
        """What is said of an error that stands where an answer should; see `ask`."""
        if isinstance(error, BotoCoreError):
            return f"{about}: not known ({describe(error)})."
        right = missing_right(error, service)
        why = f"the right {right} is missing" if right else describe(error)
        return f"{about}: not known, since {why.rstrip('.')}."

    def tell(self, line: str) -> None:
        """Keep a line, once."""
        with self._lock:
            self._lines[line] = None

    @property
    def lines(self) -> list[str]:
        """What is to be said below the table."""
        with self._lock:
            return sorted(self._lines)


def is_gone(error: ClientError | BotoCoreError) -> bool:
    """Whether AWS says that there is no such thing."""
    if isinstance(error, BotoCoreError):
        return False
    said = error.response.get("Error", {})
    code, message = said.get("Code"), str(said.get("Message", "")).lower()
    in_words = any(words in message for words in _GONE_IN_WORDS)
    return code in _GONE or (code == "ValidationException" and in_words)
