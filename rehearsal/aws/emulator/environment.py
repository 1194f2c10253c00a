"""The environment in which MiniStack runs: nothing of the caller's, all that MiniStack reads.

MiniStack takes its configuration from environment variables, and several of its modules read them
when they are imported. So `enter` must run before the first import of `ministack`. It replaces the
whole environment because Lambda functions inherit it.
"""

from __future__ import annotations

import os
import shutil

from rehearsal.aws.emulator.settings import LOOPBACK, ServerSettings

# AWS waits one and two minutes between the attempts of an asynchronous invocation. The attempts
# and their order are the same here, the waits are compressed.
ASYNC_RETRY_WAIT_SECONDS = 0.2
# Of the server's own start: the secret key of the root users, whose access keys are the accounts'
# numbers. Command lines can be read by every user of the machine, environments cannot.
ROOT_SECRET_VARIABLE = "REHEARSAL_ROOT_SECRET"  # noqa: S105 # a name, not a secret
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def ministack_variables(settings: ServerSettings) -> dict[str, str]:
    """Variables that MiniStack reads; Lambda functions must not see them."""
    state = settings.state_dir
    return {
        "AUTH": "true",
        "AWS_ACCESS_KEY_ID": settings.account,
        "AWS_SECRET_ACCESS_KEY": settings.root_secret,
        "BIND_HOST": LOOPBACK,
        "DOCKER_HOST": f"unix://{state}/no-docker.sock",
        "GATEWAY_PORT": str(settings.port),
        "IOT_MTLS_ENABLED": "0",
        # AWS's default is 1000, which is more processes than a laptop holds; queued events wait.
        "LAMBDA_ACCOUNT_CONCURRENCY": "100",
        "LAMBDA_ASYNC_RETRY_BASE_SECONDS": str(ASYNC_RETRY_WAIT_SECONDS),
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "INFO",
        "MINISTACK_ACCOUNT_ID": settings.account,
        "MINISTACK_HOST": LOOPBACK,
        "MINISTACK_REGION": settings.region,
        "PERSIST_STATE": "1",
        "S3_DATA_DIR": str(state / "s3"),
        "S3_PERSIST": "1",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(state / "services"),
    }


def process_variables(settings: ServerSettings) -> dict[str, str]:
    """Variables that every process needs, ours and the Lambda functions'."""
    return {
        "HOME": str(settings.state_dir / "home"),
        "LANG": "C.UTF-8",
        "PATH": _SYSTEM_PATH,
        "TMPDIR": str(settings.state_dir / "tmp"),
        "TZ": "UTC",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def enter(settings: ServerSettings) -> None:
    """Replace this process's environment and lay out the state folder."""
    shutil.rmtree(settings.state_dir / "tmp", ignore_errors=True)
    for folder in ("home", "tmp", "s3", "services"):
        (settings.state_dir / folder).mkdir(parents=True, exist_ok=True)
    os.environ.clear()
    os.environ.update(process_variables(settings))
    os.environ.update(ministack_variables(settings))
