"""Run a command of `deploy_endpoint`: `python vendor COMMAND ...`, from the repository's root."""

import sys
from pathlib import Path
from pkgutil import iter_modules
from runpy import run_module

_COMMANDS = Path(__file__).parent / "deploy_endpoint" / "commands"


def main(arguments: list[str]) -> None:
    """Run the command that the first argument names with all others."""
    known = [module.name for module in iter_modules([str(_COMMANDS)])]
    name = arguments[0] if arguments else ""
    if name not in known:
        sys.exit(f"error: There is no command {name!r}; use one of: {', '.join(known)}.")
    sys.argv = arguments
    run_module(f"deploy_endpoint.commands.{name}", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
