"""The frame of a command line: what stops it is one sentence."""

import click
from botocore.exceptions import BotoCoreError, ClientError

from operations.aws_session import describe
from operations.errors import AwsRefusedError, OperationError

_INTERRUPTED = 130


def run(command: click.Command, name: str, interrupted: str = "") -> int:
    """Run a command, and return the exit code of its process.

    Args:
        command: raises OperationError when it cannot do its work, or what boto3 raises.
        name: that its help calls it by.
        interrupted: what is true after an interruption; empty if nothing needs to be said.
    """
    try:
        command(prog_name=name, standalone_mode=False)
    except OperationError as error:
        return _failed(error)
    except (ClientError, BotoCoreError) as error:
        return _failed(AwsRefusedError(describe(error)))
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        if interrupted:
            click.echo(f"\nInterrupted; {interrupted}.", err=True)
        return _INTERRUPTED
    return 0


def _failed(error: OperationError) -> int:
    click.secho(str(error), fg="red", err=True)
    return 1
