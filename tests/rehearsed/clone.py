"""The project's files as git clones them, without what is installed."""

from pathlib import Path

from proof.digest import list_files

ROOT = Path(__file__).resolve().parents[2]


def copy_files(folder: Path) -> list[Path]:
    """Copy what git knows or would add into a folder; returns the copies."""
    copies = []
    for name in list_files(ROOT):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod((ROOT / name).stat().st_mode)
        copies.append(target)
    return copies
