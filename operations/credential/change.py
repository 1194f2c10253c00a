"""A credential that is to be stored, and what is said before it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from operations.credential.errors import (
    CredentialChangedError,
    CredentialMissingError,
    SecretUnreadableError,
)
from operations.credential.token import TokenFacts
from operations.credential.users import EVERYONE, users_in_words
from operations.credential.vault import Stored, Vault, secret_name
from operations.prices import load_prices


@dataclass(frozen=True)
class Change:
    """What is stored for an owner.

    Args:
        before: what was stored.
        new: what will be.
        facts: what GitHub says of a new token; None if the token stays.
    """

    owner: str
    before: Stored | None
    new: Stored
    facts: TokenFacts | None

    @property
    def question(self) -> str:
        """What people are asked; empty if nothing is replaced."""
        if self.before is None:
            return ""
        return "Replace it?" if self.facts else "Change who may use it?"

    def in_words(self) -> Iterator[str]:
        """A line for each thing that will be."""
        if self.facts is not None:
            yield f"The token is {self.facts.in_words}; it will act for {self.owner}."
            yield from self.facts.notes
        yield f"It may be used by {users_in_words(self.new.users)}."
        if self.before is None:
            dollars = load_prices().secret_month.usd
            yield f"It costs ${dollars:.2f} a month, whatever the number of projects."
        elif self.facts is not None:
            yield f"There is a credential of {self.owner} already, which it replaces."

    def as_data(self) -> dict[str, Any]:
        """The same for programs; moments are in UTC."""
        facts = self.facts
        return {
            "owner": self.owner,
            "login": facts and facts.login,
            "expires": facts and facts.expires and facts.expires.isoformat(),
            "users": list(self.new.users) or EVERYONE,
            "replaced": self.before is not None,
        }


def plan_change(
    vault: Vault,
    owner: str,
    users: tuple[str, ...] | None,
    obtain: Callable[[], tuple[str, TokenFacts]] | None,
) -> Change:
    """Look at what is stored, and put together what will be.

    Args:
        vault: where credentials are.
        owner: of the credential.
        users: who may use it; None: who may use it now, and everybody if there was none.
        obtain: gives another token; None: the one that is there stays.

    Raises:
        CredentialMissingError: there is none whose token could stay.
        SecretUnreadableError: nobody knows any more who may use it, or the token is lost.
    """
    before = vault.find(owner)
    if before is None and obtain is None:
        raise CredentialMissingError(owner, vault.owners())
    if before is not None and not before.is_readable and (users is None or obtain is None):
        raise SecretUnreadableError(owner, secret_name(owner))
    if users is None:
        users = before.users if before else ()
    if obtain is not None:
        token, facts = obtain()
        return Change(owner, before, Stored(token, users), facts)
    return Change(owner, before, Stored(before.token if before else "", users), None)


def carry_out(vault: Vault, change: Change) -> None:
    """Store a credential that somebody agreed to, perhaps long ago.

    Raises:
        CredentialChangedError: another one is there by now than was replaced.
    """
    if vault.find(change.owner) != change.before:
        raise CredentialChangedError(change.owner)
    vault.store(change.owner, change.new)
