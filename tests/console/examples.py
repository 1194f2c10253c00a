"""An example of each of the console's addresses; a new parameter needs a line here."""

from __future__ import annotations

import re

from tests.console.made_up_answers import GROUP, STAGES, STEPS, VERSIONS

# What stands for the parameters of addresses in the made-up account.
PARAMETERS = {
    "group": GROUP,
    "name": STEPS[1],
    "number": str(VERSIONS[0]),
    "stage": STAGES[0],
    "step": STEPS[1],
    "version": str(VERSIONS[0]),
}
_PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")


def example_of(address: str) -> str:
    """An address with a value for each of its parameters.

    Raises:
        KeyError: one has none; add it to `PARAMETERS`.
    """
    return _PARAMETER.sub(lambda parameter: PARAMETERS[parameter[1]], address)
