"""Run a command of `deploy_endpoint`: `python vendor COMMAND ...`, from the repository's root."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from deploy_endpoint.errors import DeployError
from deploy_endpoint.github_run import hand_on

_COMMANDS = Path(__file__).parent / "deploy_endpoint" / "commands"


def main(arguments: Sequence[str]) -> None:
    """Run the command that the first argument names with all others.

    What a person must put right ends it with one sentence, which a workflow's job reports.
    """
    known = [module.name for module in iter_modules([str(_COMMANDS)])]
    name, *others = arguments or [""]
    if name not in known:
        sys.exit(f"error: There is no command {name!r}; use one of: {', '.join(known)}.")
    command = import_module(f"deploy_endpoint.commands.{name}")
    parser = ArgumentParser(prog=name, description=command.__doc__)
    if hasattr(command, "add_arguments"):
        command.add_arguments(parser)
    options = parser.parse_args(others)
    try:
        command.run(options)
    except DeployError as error:
        hand_on("reason", str(error))
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main(sys.argv[1:])
