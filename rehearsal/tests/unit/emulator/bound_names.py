"""Prints which names of MiniStack each correction binds: `python -m … STATE_DIR`.

It runs by itself, since whoever applies the corrections has a corrected MiniStack ever after.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rehearsal.aws.emulator import environment
from rehearsal.aws.emulator.settings import ServerSettings

_EMULATOR = "rehearsal.aws.emulator."


def main() -> None:
    """Apply the chain, and look after each link at what has changed."""
    state = Path(sys.argv[1])
    settings = ServerSettings(state, 1, "111122223333", "eu-west-1", state, root_secret="-")
    environment.enter(settings)
    from rehearsal.aws.emulator.corrections.chain import chain
    from rehearsal.aws.emulator.extensions import Extensions
    from rehearsal.aws.emulator.saved_state import SavedState

    bound = {}
    steps = chain(Extensions(), settings, SavedState(state / "services.db", dict))
    before = dict(_names())
    for step in steps:
        step()
        after = dict(_names())
        bound[_name(step)] = sorted(n for n, value in after.items() if before.get(n) is not value)
        before = after
    sys.stdout.write(json.dumps(bound))


def _name(step: Callable[[], None]) -> str:
    return str(getattr(step, "func", step).__module__).removeprefix(_EMULATOR)


def _names() -> Iterator[tuple[str, Any]]:
    """What MiniStack's modules name, and what their dictionaries hold."""
    for module, names in list(sys.modules.items()):
        if module.startswith("ministack."):
            for name, value in vars(names).items():
                yield f"{module.removeprefix('ministack.')}.{name}", value
                if type(value) is dict and not name.startswith("__"):
                    yield from _entries(name, value)


def _entries(name: str, held: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in held.items():
        if type(value) is dict:
            yield from _entries(f"{name} {key}", value)
        else:
            yield f"{name} {key}", value


if __name__ == "__main__":
    main()
