"""An image of one's own as an environment: a Python with `train` and `serve` beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .image import Image

PROGRAMS = Path(__file__).with_name("own")


@dataclass(frozen=True)
class OwnImage(Image):
    """Its programs lie beside its Python, as in an image they lie on the path."""

    def command(self, program: str) -> list[str]:
        return [str(self.python.with_name(program))]


def make_own_image(folder: Path, python: Path) -> OwnImage:
    """Make the environment of an interpreter that has what its programs need.

    Args:
        folder: of the environment.
        python: of another one, which stands for the image's.
    """
    bin_folder = folder / "bin"
    bin_folder.mkdir(parents=True)
    starts = {"python": f'exec "{python}" "$@"'}
    for program in ("train", "serve"):
        starts[program] = f'exec "{python}" "{PROGRAMS / program}.py"'
    for name, line in starts.items():
        (bin_folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (bin_folder / name).chmod(0o755)
    return OwnImage(bin_folder / "python")
