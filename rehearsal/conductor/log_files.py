"""The logs of a world: of its two servers, of the programs, and of SageMaker's containers."""

from pathlib import Path

from rehearsal.conductor.world import World


def known_logs(world: World) -> dict[str, Path]:
    """Every log by its name; those of jobs and endpoints are called like `training-job/NAME`."""
    found: dict[str, Path] = {}
    for folder in (world.logs, world.state / "aws" / "sagemaker" / "logs"):
        for file in sorted(folder.rglob("*.log")):
            found[file.relative_to(folder).with_suffix("").as_posix()] = file
    return found


def last_lines(file: Path, count: int) -> list[str]:
    """The end of a log."""
    return file.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
