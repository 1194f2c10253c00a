"""One model server: the process that answers `/ping` and `/invocations` for a variant."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import threading
import time
import zlib
from dataclasses import dataclass
from pathlib import Path

import urllib3

from rehearsal.aws.sagemaker.access import Credentials, RoleNotAssumableError
from rehearsal.aws.sagemaker.container_folder import ContainerFolder
from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.models import ServingContainer
from rehearsal.aws.sagemaker.endpoints.unix_socket import SocketPool
from rehearsal.aws.sagemaker.images import Image, ImagePullError, pull_image
from rehearsal.aws.sagemaker.journal import ENDPOINTS, FollowedLog, last_lines
from rehearsal.aws.sagemaker.network import NetworkRefusedError, join_network
from rehearsal.aws.sagemaker.network_isolation import without_network
from rehearsal.aws.sagemaker.object_store import DataTransferError
from rehearsal.processes import free_port

_PING_SECONDS = 0.05
_START_SECONDS = 60.0
_SHOWN_LINES = 5
# AWS gives a model 60 seconds to answer.
_ANSWER_SECONDS = 60.0
_SOCKET = "server.sock"
# AWS's, in a container.
_PORT = 8080
_RELAY = Path(__file__).with_name("port_relay.py")


class ServerStartError(Exception):
    """The server did not start; the message is the endpoint's FailureReason."""


@dataclass(frozen=True)
class Answer:
    """What a container answered."""

    status: int
    headers: dict[str, str]
    body: bytes


class ModelServer:
    """A running model server of one variant, which listens in a socket of its folder.

    A port could not be reached in the namespace of an isolated container.
    """

    def __init__(
        self,
        folder: ContainerFolder,
        process: subprocess.Popen[bytes],
        log: FollowedLog,
    ) -> None:
        self._folder = folder
        self._process = process
        self.log = log
        self._pool = SocketPool(folder.path, _SOCKET)

    def invoke(self, body: bytes, headers: dict[str, str]) -> Answer:
        """Pass one request on.

        Raises:
            urllib3.exceptions.HTTPError: no answer, or none in time.
        """
        response = self._pool.urlopen(
            "POST", "/invocations", body=body, headers=headers, timeout=_ANSWER_SECONDS
        )
        return Answer(response.status, dict(response.headers.items()), response.data)

    def is_healthy(self) -> bool:
        """Whether `/ping` answers 200."""
        try:
            return self._pool.urlopen("GET", "/ping", timeout=2.0).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def end(self) -> None:
        """End the process and keep what it printed."""
        self._pool.close()  # first, since the server waits for connections that are kept open
        self._folder.end(self._process)
        self.log.copy_new_lines()


def start_server(
    context: AccountContext,
    endpoint: str,
    variant: str,
    container: ServingContainer,
    folder: Path,
    closing: threading.Event,
) -> ModelServer:
    """Fetch the model, start the server and wait until it is healthy.

    The folder is the container's own; a model that an earlier start unpacked there is used again.
    `closing` ends the wait, because the rehearsal ends.

    Raises:
        ServerStartError: says what went wrong, with the last lines of the container.
    """
    image, credentials = _fetch(context, container, folder)
    own = ContainerFolder(folder.resolve())
    argv, place = _listening(image, is_isolated=container.is_isolated)
    variables = {**container.environment, **place}
    own_keys = None if container.is_isolated else credentials
    environment = own.environment(image, own_keys, context.settings, variables)
    path = (
        context.settings.root / "logs" / "endpoint" / endpoint / f"{folder.parent.name}-{variant}"
    )
    log = path.with_name(f"{path.name}.log")
    log.unlink(missing_ok=True)
    process = own.start(argv, environment, log, is_isolated=container.is_isolated)
    stream = f"{variant}/i-{context.random_id(17)}"
    followed = FollowedLog(
        log, context.journal, f"{ENDPOINTS}{endpoint}", stream, role_arn=container.role_arn
    )
    server = ModelServer(own, process, followed)
    try:
        _wait_until_healthy(server, variant, own, closing)
    except ServerStartError:
        server.end()
        raise
    followed.copy_new_lines()
    return server


def _listening(image: Image, *, is_isolated: bool) -> tuple[list[str], dict[str, str]]:
    """What starts a server that listens in the socket, and the variables that tell it.

    An image of one's own knows ports alone: in a namespace that of AWS, elsewhere a free one.
    """
    argv = image.command("serve")
    if image.programs is not None:
        return argv, {"REHEARSAL_BIND_TO_SOCKET": _SOCKET}
    port = str(_PORT if is_isolated and without_network() else free_port())
    relay = [sys.executable, "-IS", str(_RELAY), _SOCKET, port]
    return [*relay, *argv], {"SAGEMAKER_BIND_TO_PORT": port}


def _fetch(
    context: AccountContext, container: ServingContainer, folder: Path
) -> tuple[Image, Credentials]:
    try:
        credentials = context.access.assume(container.role_arn)
        image = pull_image(container.image, container.role_arn, context.access, context.settings)
        join_network(
            "The endpoint", container.network, container.role_arn, context.access, context.settings
        )
        _unpack_model(context, container, folder)
    except (
        ImagePullError,
        RoleNotAssumableError,
        NetworkRefusedError,
        DataTransferError,
    ) as error:
        raise ServerStartError(str(error)) from error
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise ServerStartError(
            f"Failed to extract model data archive {container.model_data_url}: {error}"
        ) from error
    return image, credentials


def _wait_until_healthy(
    server: ModelServer, variant: str, folder: ContainerFolder, closing: threading.Event
) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not server.is_healthy():
        if closing.wait(_PING_SECONDS):
            raise ServerStartError("The rehearsal was stopped while the endpoint started.")
        if server.exit_code is not None or time.monotonic() > deadline:
            lines = " | ".join(last_lines(server.log.path, _SHOWN_LINES))
            raise ServerStartError(
                f"The primary container for production variant {variant} did not pass the ping "
                "health check. Please check CloudWatch logs for this endpoint. "
                f"Last lines: {folder.to_container(lines) or 'none'}"
            )


def _unpack_model(context: AccountContext, container: ServingContainer, folder: Path) -> None:
    """Fetch `model.tar.gz` with the model's role and unpack it into `model/`."""
    model = folder / "model"
    if model.exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    fresh = folder / "unpacking"
    fresh.mkdir(parents=True)
    if container.model_data_url:
        archive = folder / "model.tar.gz"
        objects = context.objects.for_role(container.role_arn)
        objects.download_file(container.model_data_url, archive)
        with tarfile.open(archive, "r:*") as tar:
            _unpack(tar, fresh)
        archive.unlink()
    fresh.rename(model)


def _unpack(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the files of an archive, which must all lie in the folder.

    The filters of `extractall` are missing in Python before 3.11.4, which Debian 12 still has.

    Raises:
        tarfile.TarError: a file would be written outside the folder.
    """
    for member in tar:
        target = (folder / member.name).resolve()
        if not target.is_relative_to(folder.resolve()):
            raise tarfile.ExtractError(f"'{member.name}' would be extracted outside of it.")
        content = tar.extractfile(member)
        if content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.read())
