"""Faults that a rehearsal asks for: which request is hit, and by what.

Set them while the rehearsal runs with `make rehearse ARGS="fault …"`, which sends JSON to
``/_rehearsal/faults`` of the local GitHub with the control token of the world.

Fields: ``fault`` (below), ``method``, ``path`` and ``agent`` (regular expressions for the path,
with or without its query, and for the User-Agent), ``login`` (regular expression for the whole
name of the token's user), ``nth`` (the first matching request that is hit, counted from when the
fault was set), ``times`` (how many from there on; 0: all) and ``retry_after`` (seconds that ``429``
and ``403`` ask to wait).
"""

import re
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from rehearsal.github.core.request_log import AskedRequest

FaultKind = Literal[
    "500",  # answered so, not applied; 502 and 503 alike
    "502",
    "503",
    "502-after",  # applied, then answered with 502
    "404",  # as if not ready yet; not applied
    "429",  # with Retry-After; not applied
    "403",  # secondary rate limit with Retry-After; not applied
    "reset",  # TCP reset before it is applied
    "reset-after",  # applied, then TCP reset
    "cut",  # applied, the answer is broken off in the middle
    "timeout",  # not applied, no answer until the client gives up
    "lost",  # applied, no answer until the client gives up
    "kill",  # SIGKILL for the calling process, not applied; only for a Lambda function's process
    "kill-after",  # the same, applied
]
FAULT_KINDS: tuple[FaultKind, ...] = get_args(FaultKind)
STATUS_FAULTS = frozenset({"500", "502", "503", "404", "429", "403", "502-after"})
APPLIED_FAULTS = frozenset({"502-after", "reset-after", "cut", "lost", "kill-after"})


class FaultWish(BaseModel):
    """What a fault does, and to which requests."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fault: FaultKind
    method: str | None = None
    path: str | None = None
    agent: str | None = None
    login: str | None = None
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    retry_after: int = Field(default=1, ge=0)

    @field_validator("path", "agent", "login")
    @classmethod
    def _is_a_regex(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error as error:
            raise ValueError(f"{value!r} is not a regular expression ({error})") from error
        return value

    def matches(self, asked: AskedRequest) -> bool:
        """True if a request is one of those that this fault is about."""
        if self.method is not None and self.method.upper() != asked.method.upper():
            return False
        if self.agent is not None and not re.search(self.agent, asked.agent):
            return False
        if self.login is not None and not re.fullmatch(self.login, asked.login or ""):
            return False
        path, query = asked.path, asked.query
        places = (path, f"{path}?{query}") if query else (path,)
        return self.path is None or any(re.search(self.path, place) for place in places)

    @property
    def status(self) -> int:
        """The status that it answers; 0 if it answers nothing."""
        return int(self.fault.partition("-")[0]) if self.fault in STATUS_FAULTS else 0

    @property
    def is_applied(self) -> bool:
        """True if the request does its work all the same."""
        return self.fault in APPLIED_FAULTS


class Fault:
    """A fault that has been set, and how often it was met."""

    def __init__(self, id_: int, wish: FaultWish) -> None:
        self.id = id_
        self.wish = wish
        self.seen = 0
        self.hits = 0

    def meets(self, asked: AskedRequest) -> bool:
        """Count a request if it matches, and tell whether it is among those to be hit."""
        if not self.wish.matches(asked):
            return False
        self.seen += 1
        first, times = self.wish.nth, self.wish.times
        return self.seen >= first and (times == 0 or self.seen < first + times)

    def shown(self) -> dict[str, Any]:
        """As ``GET /_rehearsal/faults`` lists it."""
        return {"id": self.id, "hits": self.hits, **self.wish.model_dump()}


class FaultPlan:
    """The faults that are set; ids are never used twice."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._last_id = 0

    def add(self, fault: FaultWish | FaultKind, **wish: Any) -> Fault:
        """Set a fault: a wish, or its kind and its other fields."""
        asked = fault if isinstance(fault, FaultWish) else FaultWish(fault=fault, **wish)
        self._last_id += 1
        found = Fault(self._last_id, asked)
        self._faults.append(found)
        return found

    def listed(self) -> list[Fault]:
        """Every fault, the spent ones too, oldest first."""
        return list(self._faults)

    def clear(self) -> None:
        """No more faults."""
        self._faults.clear()

    def remove(self, id_: int) -> bool:
        """Take one fault away; False if there is none of that number."""
        kept = [fault for fault in self._faults if fault.id != id_]
        found = len(kept) < len(self._faults)
        self._faults[:] = kept
        return found

    def strike(self, asked: AskedRequest) -> FaultWish | None:
        """The fault that hits this request: of several, the one that was set first.

        Every matching fault counts the request, so that ``nth`` does not depend on the others.
        """
        due = [fault for fault in self._faults if fault.meets(asked)]
        if not due:
            return None
        due[0].hits += 1
        return due[0].wish
