"""Wheels that are made here: of Python alone, and with an extension in C."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import psutil._psutil_linux

ANYWHERE = "py3-none-any"
# One that any Python from 3.6 on can load: it was built for the stable ABI.
EXTENSION = Path(psutil._psutil_linux.__file__)
EXTENSION_TAG = "cp36-abi3-manylinux_2_28_x86_64"


def write_wheel(
    folder: Path,
    name: str,
    files: dict[str, bytes],
    *,
    tag: str = ANYWHERE,
    needs: tuple[str, ...] = (),
) -> str:
    """Write version 1.0 of a package; return its line of a requirements file."""
    about = f"{name}-1.0.dist-info"
    required = "".join(f"Requires-Dist: {need}\n" for need in needs)
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{required}"
    wheel = f"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: {tag}\n"
    script = f"[console_scripts]\n{name} = {name}:main\n"
    files = {
        **files,
        f"{about}/METADATA": metadata.encode(),
        f"{about}/WHEEL": wheel.encode(),
        f"{about}/entry_points.txt": script.encode(),
    }
    record = "".join(f"{file},sha256={_digest(body)},{len(body)}\n" for file, body in files.items())
    path = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, body in {**files, f"{about}/RECORD": record.encode()}.items():
            archive.writestr(zipfile.ZipInfo(file), body)
    return f"{name}==1.0 --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


def _digest(body: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(body).digest()).rstrip(b"=").decode()
