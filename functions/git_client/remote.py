"""One repository on a git server: look at its branches, then move them together.

A push is never repeated blindly: if its answer was lost, the branches tell whether it was done.
"""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from git_client.errors import (
    BranchMovedError,
    PushRefusedError,
    UnreadableAnswerError,
    explain_refusal,
)
from git_client.objects import GitObject
from git_client.pkt_line import FramingError
from git_client.receive_pack import encode_push, parse_report
from git_client.references import Advertisement, parse_advertisement
from github_client.api import NOT_READY, GitHubApi
from github_client.errors import GitHubError, OutOfTimeError, UnreachableError

_TRIES = 5

_log = logging.getLogger(__name__)


class Remote:
    """A repository of GitHub as git sees it.

    Args:
        api: carries the requests, with its token.
        repository: as the REST API describes it.
    """

    def __init__(self, api: GitHubApi, repository: Mapping[str, Any]) -> None:
        self.full_name = str(repository["full_name"])
        self._url = str(repository["clone_url"])
        self._api = api
        self._deadline = api.deadline

    def advertisement(self) -> Advertisement:
        """Ask where the branches stand; works for an empty repository too.

        Raises:
            UnreadableAnswerError: something else than a git server answered.
        """
        answer = self._api.exchange_git(
            "GET", f"{self._url}/info/refs?service=git-receive-pack", not_ready=NOT_READY
        )
        try:
            return parse_advertisement(answer.content)
        except FramingError as error:
            raise UnreadableAnswerError(self.full_name, str(error)) from None

    def push(
        self, known: Advertisement, updates: Mapping[str, str], objects: Iterable[GitObject]
    ) -> None:
        """Move branches forward, all of them or none, and make sure of it.

        Args:
            known: where the branches stand.
            updates: branch -> commit that it shall point to.
            objects: what the server does not have yet.

        Raises:
            BranchMovedError: a branch is elsewhere now; nothing was overwritten.
            PushError: of its other kinds, when the server says no.
            UnreachableError: it could not be done, however often it was tried.
        """
        packed = list(objects)
        for attempt in range(1, _TRIES + 1):
            failure = self._try(known, updates, packed)
            if failure is None:
                return
            if not isinstance(failure, UnreachableError | UnreadableAnswerError | PushRefusedError):
                raise failure
            seen = self.advertisement()
            left = {branch: new for branch, new in updates.items() if seen.branch(branch) != new}
            if not left:
                return  # it had been done, now or by another invocation
            moved = [branch for branch in left if seen.branch(branch) != known.branch(branch)]
            if moved:
                raise BranchMovedError(self.full_name, moved)
            if isinstance(failure, PushRefusedError) or attempt == _TRIES:
                raise failure
            known, updates = seen, left
            self._pause(2.0 ** (attempt - 1), failure)

    def _try(
        self, known: Advertisement, updates: Mapping[str, str], objects: list[GitObject]
    ) -> GitHubError | None:
        try:
            answer = self._api.exchange_git(
                "POST",
                f"{self._url}/git-receive-pack",
                body=encode_push(known, updates, objects),
                content_type="application/x-git-receive-pack-request",
                not_ready=NOT_READY,
            )
            report = parse_report(known, answer.content)
        except UnreachableError as error:
            return error
        except FramingError as error:
            return UnreadableAnswerError(self.full_name, str(error))
        if report.reasons:
            has_scopes = self._api.scopes is not None
            return explain_refusal(
                self.full_name, report.reasons, report.words, has_scopes=has_scopes
            )
        return None

    def _pause(self, seconds: float, failure: GitHubError) -> None:
        if not self._deadline.allows(seconds):
            why = (
                failure.summary
                if isinstance(failure, UnreachableError)
                else f"The push to {self.full_name} was not answered readably"
            )
            raise OutOfTimeError(why, resume_at=self._deadline.clock() + seconds) from failure
        _log.info("push to %s: next try in %.0f s: %s", self.full_name, seconds, failure)
        self._deadline.sleep(seconds)
