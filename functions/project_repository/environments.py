"""A repository's environments, and who is asked before a deployment to one of them.

An environment with a required reviewer is a gate: no job that names it starts before somebody
approves. Private repositories have that on GitHub's Enterprise plan only. Where GitHub refuses it,
the environment stays without a reviewer, and the stages' gate is the model registry instead; the
attribute `ApprovalGate` says which it is, and `ApprovalGateNote` says it to people.
Source: https://docs.github.com/en/rest/deployments/environments
"""

import itertools
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from github_client.api import GitHubApi
from github_client.refusals import require_permission

ENVIRONMENT, REGISTRY = "environment", "registry"
# A plan without environments, or without reviewers, answers any of these.
_REFUSALS = frozenset({403, 404, 422})
_PAGE = 100

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class EnvironmentWish:
    """Environments by name.

    Attributes:
        names: all that are wanted.
        reviewed: those of them that ask a reviewer, where the plan has that.
        new: those to be made; another one that is missing was removed by a user, or not offered.
    """

    names: tuple[str, ...]
    reviewed: tuple[str, ...]
    new: Collection[str]


@dataclass(frozen=True)
class Environments:
    """What there is: the name of each environment that exists, and whether it asks a reviewer."""

    asks: Mapping[str, bool]

    def gate(self, reviewed: Collection[str]) -> str:
        """Return what the stages' approval rests on: one for all, so that nobody has to guess."""
        asked = [self.asks.get(name) for name in reviewed]
        return ENVIRONMENT if asked and all(asked) else REGISTRY


def ensure_environments(
    api: GitHubApi,
    repository_path: str,
    wish: EnvironmentWish,
    reviewer: Callable[[], int],
) -> Environments:
    """Make what is missing; whatever rules people set are left as they are.

    Args:
        api: GitHub.
        repository_path: the repository's address in the API.
        wish: what is wanted.
        reviewer: tells the number of the user who is asked first; called only if it is needed.

    Raises:
        MissingPermissionError: the token may not look, or not make them, whatever the plan has.
    """
    if not wish.names:
        return Environments({})
    path = f"{repository_path}/environments"
    known = _look(api, path, may_be_too_new=bool(wish.new))
    if known is None:
        _log.warning("%s has no environments: the plan may lack them", repository_path)
        return Environments({})
    return _Making(api, path, wish, reviewer).make(known)


def gate_note(gate: str, reviewed: Collection[str]) -> str:
    """Return the sentences that tell the repository's users who approves deployments, and where.

    They depend on nothing but the gate, so that a repeated request says the same.
    """
    if not reviewed:
        return (
            "**The project has one stage**, and whoever approves a version in the model registry "
            "lets it in."
        )
    stages = " or ".join(f"`{name}`" for name in reviewed)
    if gate == ENVIRONMENT:
        return (
            f"**Approvals happen in GitHub.** A deployment to {stages} waits until a required "
            "reviewer of that environment approves it: open the run and choose *Review "
            "deployments*. So far the owner of the token that launched this project is the only "
            "reviewer. Under *Settings > Environments* add your team, then switch on *Prevent "
            "self-review*."
        )
    return (
        "**Approvals happen in the model registry.** GitHub offers this repository no required "
        "reviewers (private repositories have them on the Enterprise plan), so a deployment to "
        f"{stages} waits until somebody else than the version's approver sets the version's "
        "life-cycle stage to it, with the status `Approved`."
    )


def _look(api: GitHubApi, path: str, *, may_be_too_new: bool) -> dict[str, list[Any]] | None:
    """Return the rules of each environment by its name in lower case; None if there are none."""
    rules: dict[str, list[Any]] = {}
    not_ready = (404,) if may_be_too_new else ()
    for page in itertools.count(1):
        query = f"per_page={_PAGE}&page={page}"
        answer = api.send("GET", f"{path}?{query}", accept=(403, 404), not_ready=not_ready)
        require_permission(answer)
        if answer.status >= 300:
            return None
        listed = answer.body["environments"]
        rules |= {item["name"].lower(): item.get("protection_rules") or [] for item in listed}
        if len(listed) < _PAGE:
            break
    return rules


class _Making:
    """One pass over the wanted environments; what GitHub refused once is not asked for again."""

    def __init__(
        self, api: GitHubApi, path: str, wish: EnvironmentWish, reviewer: Callable[[], int]
    ) -> None:
        self._api = api
        self._path = path
        self._wish = wish
        self._reviewer = reviewer
        self._has_environments = True
        self._has_reviewers = True

    def make(self, known: Mapping[str, list[Any]]) -> Environments:
        asks = {}
        for name in self._wish.names:
            rules = known.get(name.lower())
            # A rule of any kind is somebody's choice, and writing one would reset the others.
            if name in self._wish.new and not rules:
                reviewed = self._put_reviewed(name) if name in self._wish.reviewed else None
                rules = rules if reviewed is None else reviewed
                if rules is None:
                    rules = self._put(name, {})
            if rules is not None:
                asks[name] = any(rule["type"] == "required_reviewers" for rule in rules)
        return Environments(asks)

    def _put_reviewed(self, name: str) -> list[Any] | None:
        """Give an environment without rules a reviewer; GitHub may make it although it refuses."""
        if not self._has_environments or not self._has_reviewers:
            return None
        rules = self._put(name, {"reviewers": [{"type": "User", "id": self._reviewer()}]})
        self._has_reviewers = rules is not None
        return rules

    def _put(self, name: str, wish: dict[str, Any]) -> list[Any] | None:
        """Return the rules that GitHub says the environment has now; None if it refuses."""
        if not self._has_environments:
            return None
        path = f"{self._path}/{name}"
        answer = self._api.send("PUT", path, wish, accept=_REFUSALS, not_ready=(404,))
        require_permission(answer)
        if answer.status < 300:
            return list(answer.body.get("protection_rules") or [])
        # What is refused with reviewers may be had without them, unless the address is not there.
        self._has_environments = bool(wish) and answer.status != 404
        _log.warning(
            "%s: the plan may lack %s of private repositories; GitHub answered %d (%s)",
            path,
            "required reviewers" if wish else "environments",
            answer.status,
            answer.said,
        )
        return None
