"""What a fine-grained personal access token may do: on whose repositories, with which permissions.

Imitated: https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens
and the header of https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api:
permissions that go together are separated by commas, alternatives by semicolons.
"""

from collections.abc import Mapping
from dataclasses import dataclass

# What the header says where no permission is needed.
PERMISSIONLESS = "allows_permissionless_access=true"


@dataclass(frozen=True, slots=True)
class Grant:
    """The reach of one token.

    Attributes:
        owner: the account whose resources it reaches, and nobody else's.
        repositories: their names; None: all, new ones too.
        permissions: level (``read`` or ``write``) by GitHub's name, such as ``pull_requests``.
        is_approved: False while an owner of the organization has not let it in.
    """

    owner: str
    repositories: tuple[str, ...] | None
    permissions: Mapping[str, str]
    is_approved: bool = True

    def reaches(self, owner: str) -> bool:
        """Whether it is good for an account's private resources."""
        return self.is_approved and owner.lower() == self.owner.lower()

    def covers(self, owner: str, name: str) -> bool:
        """Whether a repository is among those that were chosen."""
        chosen = self.repositories
        is_chosen = chosen is None or name.lower() in {one.lower() for one in chosen}
        return is_chosen and self.reaches(owner)

    def allows(self, accepted: str) -> bool:
        """Whether it has all permissions of one of the alternatives in a header."""
        return any(
            all(self.has(*one.strip().split("=")) for one in choice.split(","))
            for choice in accepted.split(";")
        )

    def has(self, permission: str, level: str) -> bool:
        """Whether it has a permission; metadata may be read with every token."""
        held = self.permissions.get(permission, "read" if permission == "metadata" else "none")
        return held in (level, "write")
