"""The checkout of the template that is rehearsed: the one that this package lies in."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
