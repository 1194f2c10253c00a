"""Records what the rules decided in a play, so that a change of them can be held against it.

    python -m tests.unit.functions.deploy_dispatch.record_history .rehearsal/logs/aws.log FILE

Stages: take each decision's line out of the log of the local AWS; leave what was decided once more
of the same out; write them in the order in which they were made.
"""

import re
import sys
from pathlib import Path

# Lambda writes milliseconds without leading zeros.
_LINE = re.compile(
    r"(?P<second>\S+)\.(?P<millisecond>\d+)Z\t\S+\tdecided (?P<told>\{.*\})$", re.MULTILINE
)


def decisions_in(log: str) -> list[str]:
    """What a log tells of each decision, each once, the first first.

    Invocations run beside each other and are logged when they end, so that lines are out of order.
    """
    found = sorted(_LINE.finditer(log), key=lambda line: (line["second"], int(line["millisecond"])))
    return list(dict.fromkeys(line["told"] for line in found))


def main(log: Path, file: Path) -> None:
    """Write the decisions of a log into a file."""
    told = decisions_in(log.read_text(encoding="utf-8"))
    if not told:
        sys.exit(f"{log} holds no decision; play with `make rehearse` first.")
    file.write_text("".join(f"{line}\n" for line in told), encoding="utf-8")
    sys.stdout.write(f"{file} holds {len(told)} decisions.\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]))
