"""What SageMaker and the build repository ask of an image, and a local image that can be asked.

An image of your own is held to the same contract by Docker; see docker_image.py.
Source: SageMaker developer guide, "Custom Training Containers" and "Custom Inference Code".
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from .image import Image
from .serving import ISOLATED, Answer, serving

CHANNEL = {"ContentType": "text/csv", "TrainingInputMode": "File"}
TRAIN = """
import argparse, json, os, pathlib, sys
parser = argparse.ArgumentParser()
parser.add_argument("--scale", type=float, required=True)
parser.add_argument("--exit-with", type=int, default=0)
options = parser.parse_args()
rows = pathlib.Path(os.environ["SM_CHANNEL_TRAIN"], "data.csv").read_text().splitlines()
model = {"factor": options.scale * len(rows)}
pathlib.Path(os.environ["SM_MODEL_DIR"], "model.json").write_text(json.dumps(model))
print("trained on", len(rows), "rows")
sys.exit(options.exit_with)
"""
INFERENCE = """
import json, pathlib
from werkzeug.wrappers import Response

def model_fn(folder):
    return json.loads(pathlib.Path(folder, "model.json").read_text())["factor"]

def transform_fn(model, content, content_type, accept):
    if content == "malformed":
        return Response("row 1 is malformed", status=400, mimetype="text/plain")
    return str(float(content) * model), accept
"""
# What the build repository's scripts need of a processing job.
PROCESS = """
import sys
import numpy, werkzeug
assert sys.version_info >= (3, 11), sys.version
print("processed with", sys.argv[1])
"""


@dataclass(frozen=True)
class Ended:
    """How `train` or `serve` ended by itself."""

    exit_code: int
    output: str


class Served(Protocol):
    """A server that runs, and the process that ends with it."""

    @property
    def process(self) -> subprocess.Popen[bytes]:
        """What SIGTERM is sent to."""

    def ping(self) -> int:
        """Status of `GET /ping`."""

    def invoke(self, body: str) -> Answer:
        """Answer to `POST /invocations`, in CSV."""


class Container(Protocol):
    """An image over a folder that is its `/opt/ml`; without a network, as all of ours are."""

    def path(self, base: Path, name: str) -> str:
        """How the container calls a file of the folder."""

    def process(self, base: Path, script: str, *arguments: str) -> Ended:
        """Run a script of the folder with the image's `python3`, as a processing job does."""

    def train(self, base: Path) -> Ended:
        """Run `train` to its end."""

    def serve(self, base: Path) -> AbstractContextManager[Served]:
        """Run `serve` until `/ping` answers; SIGTERM at the end."""

    def serve_to_the_end(self, base: Path) -> Ended:
        """Run a `serve` that ends by itself."""


@dataclass(frozen=True)
class LocalImage:
    """One of the rehearsal's images."""

    image: Image

    def path(self, base: Path, name: str) -> str:
        return str(base / name)

    def process(self, base: Path, script: str, *arguments: str) -> Ended:
        done = self.image.run(base / script, *arguments)
        return Ended(done.returncode, done.stdout + done.stderr)

    def train(self, base: Path) -> Ended:
        return self._ended("train", base)

    @contextlib.contextmanager
    def serve(self, base: Path) -> Iterator[Served]:
        with serving(self.image, base) as server:
            yield server

    def serve_to_the_end(self, base: Path) -> Ended:
        return self._ended("serve", base)

    def _ended(self, program: str, base: Path) -> Ended:
        variables = {"SAGEMAKER_BASE_DIR": str(base)}
        if program == "serve":
            variables["SAGEMAKER_PROGRAM"] = "inference.py"
            variables["SAGEMAKER_SUBMIT_DIRECTORY"] = str(base / "model/code")
        done = self.image.start(program, **ISOLATED, **variables)
        return Ended(done.returncode, done.stdout + done.stderr)


def configure(base: Path, hyperparameters: dict[str, str], *channels: str) -> None:
    """Write what SageMaker writes for a training job."""
    for folder in ("input/config", "model", "output/data"):
        (base / folder).mkdir(parents=True, exist_ok=True)
    for channel in channels:
        (base / "input/data" / channel).mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("hyperparameters", hyperparameters),
        ("inputdataconfig", dict.fromkeys(channels, CHANNEL)),
        ("resourceconfig", {"current_host": "algo-1", "hosts": ["algo-1"]}),
    ):
        (base / "input/config" / f"{name}.json").write_text(json.dumps(content))


def pack(archive: Path, **files: str) -> None:
    """Write the code of a job as one archive."""
    source = archive.with_suffix(".unpacked")
    source.mkdir()
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in files.items():
            path = source / name.replace("_", ".")
            path.write_text(text)
            tar.add(path, path.name)


def digests(folder: Path) -> dict[str, str]:
    """What each file of a folder holds."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
