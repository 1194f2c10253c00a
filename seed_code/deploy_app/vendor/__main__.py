"""Run a command of `deploy_endpoint`: `python vendor COMMAND ...`, from the repository's root."""

import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

_COMMANDS = Path(__file__).parent / "deploy_endpoint" / "commands"


def main(arguments: list[str]) -> None:
    """Run the command that the first argument names with all others."""
    known = [module.name for module in iter_modules([str(_COMMANDS)])]
    name, *others = arguments or [""]
    if name not in known:
        sys.exit(f"error: There is no command {name!r}; use one of: {', '.join(known)}.")
    import_module(f"deploy_endpoint.commands.{name}").main(others)


if __name__ == "__main__":
    main(sys.argv[1:])
