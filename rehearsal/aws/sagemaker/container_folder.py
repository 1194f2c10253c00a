"""The folder that stands for `/opt/ml` of one container, and the rewriting of paths to it."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from rehearsal.aws.sagemaker.access import Credentials
from rehearsal.aws.sagemaker.images import Image
from rehearsal.aws.sagemaker.network_isolation import resolved, without_network
from rehearsal.aws.sagemaker.object_store import inside
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.processes import end, end_marked, start

ROOT = "/opt/ml"
_FOLDER_VARIABLE = "SAGEMAKER_BASE_DIR"
_GRACE_SECONDS = 2.0
# Not inside a longer path such as /mnt/opt/ml or /opt/mlflow.
_ROOT_IN_TEXT = re.compile(r"(?<![\w./-])/opt/ml(?![\w.-])")


@dataclass(frozen=True)
class ContainerFolder:
    """One container's private folder; nothing of it is written elsewhere."""

    path: Path

    def local(self, container_path: str) -> Path:
        """Where a path below `/opt/ml` is on this machine.

        Raises:
            DataTransferError: the path leads outside `/opt/ml`.
        """
        if not container_path.startswith(f"{ROOT}/"):
            # A name that leaves the folder is refused by the same rule as any other.
            return inside(self.path, f"../{container_path}")
        return inside(self.path, container_path.removeprefix(ROOT).lstrip("/"))

    def to_local(self, text: str) -> str:
        """Rewrite each `/opt/ml` path in an argument or a variable."""
        return _ROOT_IN_TEXT.sub(lambda _: str(self.path), text)

    def to_container(self, text: str) -> str:
        """The reverse, for messages that the customer reads."""
        return text.replace(str(self.path), ROOT)

    def write_json(self, container_path: str, content: Any) -> None:
        """Write one of the files that SageMaker puts into a container."""
        path = self.local(container_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))

    def environment(
        self,
        image: Image,
        credentials: Credentials | None,
        settings: SageMakerSettings,
        variables: dict[str, str],
    ) -> dict[str, str]:
        """The whole environment of the container; nothing of the server's own leaks in.

        A container in network isolation has no credentials, and its pip finds no index.
        """
        scratch = self.path / "tmp"
        scratch.mkdir(parents=True, exist_ok=True)
        return {
            "PATH": f"{image.python.parent}:/usr/bin:/bin",
            "HOME": str(self.path),
            "TMPDIR": str(scratch),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "OMP_NUM_THREADS": str(settings.parallel_jobs),
            "AWS_REGION": settings.region,
            "AWS_DEFAULT_REGION": settings.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            _FOLDER_VARIABLE: str(self.path),
            **(
                {"AWS_ENDPOINT_URL": settings.endpoint_url, **credentials.environment()}
                if credentials
                else {}
            ),
            **{name: self.to_local(value) for name, value in variables.items()},
            **({} if credentials else {"PIP_NO_INDEX": "1"}),
        }

    def start(
        self, argv: list[str], environment: dict[str, str], log: Path, *, is_isolated: bool
    ) -> subprocess.Popen[bytes]:
        """Start the container's program here, without a network if it is isolated.

        Raises:
            OSError: there is no such program.
        """
        if is_isolated:
            argv = [*without_network(), *resolved(argv, self.path, environment)]
        return start(argv, cwd=self.path, env=environment, log=log)

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """Ask the program to stop, then kill it and whatever it has left running."""
        if process.poll() is None:
            end([psutil.Process(process.pid)], terminate_seconds=_GRACE_SECONDS)
        end_all(self.path)
        process.wait()


def end_all(root: Path) -> None:
    """End the processes of every container whose folder is below a folder."""
    end_marked(_FOLDER_VARIABLE, lambda folder: Path(folder).is_relative_to(root))
