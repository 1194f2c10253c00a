"""The tiers of proof and the parts of the last one, with what each may cost.

`check` and `test` are tiers of their own; every other part belongs to the tier `proof`. Which test
belongs where is said in `tests/tiers.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """Tests that are played and recorded together.

    Attributes:
        holds: what they are about, for people.
        cpu_seconds: what they may cost, by the processors' clocks of a machine with two cores;
            with a fifth more they fail in CI.
    """

    holds: str
    cpu_seconds: int


PARTS: Mapping[str, Part] = {
    "check": Part("units, synthesis, documents", 145),
    "test": Part("seed repositories, services, attacks, one play of each kind", 1650),
    "matrices": Part("every fault at every request, in memory and over processes", 1350),
    "mutants": Part("the handling of each fault, taken out of the functions", 340),
    "permissions": Part("every role without each of its actions", 650),
    "promotions": Part("what must not be deployed, by the real workflows", 300),
    "storms": Part("many launches at once within GitHub's limits, fifty stacks", 180),
    "scenarios": Part("the whole lifecycle, its ways back, AWS's own toolkits", 900),
    "tables": Part("plays of tables, algorithms and images of one's own", 1250),
    "settings": Part("pairs of settings, thousands of any, and what checkov finds", 450),
    "release": Part("the release workflow, bills of materials, audits", 260),
}
TIERS = ("check", "test", "proof")
