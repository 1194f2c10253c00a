"""`survivors.toml`: the mutants that no test notices, each with the reason why that may stay so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mutation.mutant import Mutant, MutationError
from mutation.outcomes import Outcome

FILE = "mutation/survivors.toml"


class Survivor(BaseModel):
    """One entry.

    Attributes:
        mutant: its id.
        change: what becomes what, for who reads the file.
        equivalent: whether no test could notice it, since nothing of what users see changes.
        reason: why no test notices it, and why that may stay so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mutant: str = Field(pattern=r"^[0-9a-f]{12}$")
    change: str = Field(min_length=1)
    equivalent: bool
    reason: str = Field(min_length=10)


class _Survivors(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    survivor: tuple[Survivor, ...] = ()


def read_survivors(root: Path) -> dict[str, Survivor]:
    """The entries by mutant.

    Raises:
        MutationError: an entry is malformed, or there twice.
    """
    try:
        text = (root / FILE).read_text(encoding="utf-8")
        entries = _Survivors.model_validate(tomllib.loads(text)).survivor
    except (ValidationError, tomllib.TOMLDecodeError) as error:
        raise MutationError(f"{FILE} is malformed: {error}") from None
    found = {entry.mutant: entry for entry in entries}
    if len(found) < len(entries):
        raise MutationError(f"{FILE} names a mutant twice; remove one of its entries.")
    return found


def problems_of(
    listed: Mapping[str, Survivor],
    drawn: Iterable[Mutant],
    outcomes: Mapping[str, Outcome],
    *,
    whole: bool,
) -> list[str]:
    """Sentences about entries that are wrong and survivors that have none.

    Args:
        listed: entries by mutant.
        drawn: mutants that were played.
        outcomes: theirs, by mutant.
        whole: whether all were played, so that an entry of no one is stale.
    """
    by_id = {mutant.id: mutant for mutant in drawn}
    found = [
        f"{FILE} excuses {name}, which {outcomes[name].noticed_by} notices; remove the entry."
        for name in listed
        if name in outcomes and outcomes[name].is_killed
    ]
    if whole:
        found += [
            f"{FILE} excuses {name}, which is not drawn any more; remove the entry."
            for name in listed
            if name not in by_id
        ]
    return found + [
        f"No test notices {mutant.file}, {mutant.place}: {mutant.change} ({mutant.id}); write one, "
        f"or add it to {FILE} with its reason."
        for mutant in by_id.values()
        if not outcomes[mutant.id].is_killed and mutant.id not in listed
    ]
