"""What each part of the proof showed, as it is kept in `results.json`."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from proof.digest import RESULTS, digest_of
from proof.parts import PARTS


@dataclass(frozen=True)
class Outcome:
    """What a part showed the last time.

    Attributes:
        digest: of the files that were tested, by `digest_of`.
        date: of its end, in UTC (ISO 8601).
        seconds: by the clock on the wall.
        cores: of the machine.
        cpu_seconds: by the processors' clocks, by folder of the tests.
    """

    digest: str
    date: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    cores: int
    cpu_seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_good(self) -> bool:
        """Whether tests ran, and none failed."""
        return self.passed > 0 and self.failed == 0


def read_results(root: Path) -> dict[str, Outcome]:
    """The outcomes by part; none where nothing was written yet."""
    try:
        text = (root / RESULTS).read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    return {part: Outcome(**outcome) for part, outcome in json.loads(text).items()}


def write_result(root: Path, part: str, outcome: Outcome) -> None:
    """Put a part's outcome in place of its last one."""
    kept = {**read_results(root), part: outcome}
    content = {name: asdict(kept[name]) for name in PARTS if name in kept}
    draft = (root / RESULTS).with_suffix(".new")
    draft.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    draft.replace(root / RESULTS)


def list_unproven(root: Path) -> dict[str, str]:
    """By part, why it does not hold for the files as they are; empty if all is proven."""
    digest, results = digest_of(root), read_results(root)
    return {
        part: reason
        for part in PARTS
        for reason in [_unproven(results.get(part), digest)]
        if reason is not None
    }


def _unproven(outcome: Outcome | None, digest: str) -> str | None:
    if outcome is None:
        return "was never played"
    if outcome.digest != digest:
        return f"was played on {outcome.date} with other files"
    if outcome.failed:
        return f"had {outcome.failed} failures on {outcome.date}"
    return None if outcome.is_good else f"played no test on {outcome.date}"
