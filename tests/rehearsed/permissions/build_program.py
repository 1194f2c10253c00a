"""The build repository's `run-pipeline`, run again and again in one process.

To import the SageMaker SDK and to build the pipeline's definition takes far longer than the rest,
and asks AWS nothing; so both are done once.
"""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

from tests.rehearsed.permissions.checkout import Checkout, Done

_ENDED = "ended with "
_RUN_FOR_EACH_LINE = f"""
import sys
from ml_pipelines import run_pipeline
build_definition, built = run_pipeline._definition, []
def definition_once(*inputs):
    if not built:
        built.append(build_definition(*inputs))
    return built[0]
run_pipeline._definition = definition_once
for _ in sys.stdin:
    print("{_ENDED}", run_pipeline.main([]), sep="", flush=True)
"""


class BuildProgram:
    """A process with the build role's credentials that runs the command when it is told to."""

    def __init__(self, checkout: Checkout) -> None:
        for argv in (
            ("uv", "venv", "--quiet", "--python", sys.executable),
            ("uv", "pip", "sync", "--quiet", "--require-hashes", "requirements.txt"),
            ("uv", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-e", "."),
        ):
            done = checkout.run(*argv, VIRTUAL_ENV=str(checkout.folder / ".venv"))
            assert done.exit_code == 0, done.output
        self._process = subprocess.Popen(
            [checkout.folder / ".venv/bin/python", "-c", _RUN_FOR_EACH_LINE],
            cwd=checkout.folder,
            env=checkout.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> BuildProgram:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType
    ) -> None:
        self._process.communicate(timeout=30)  # the end of its input ends it

    def run(self) -> Done:
        """Run the command once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        output = ""
        for line in self._process.stdout:
            output += line
            if line.startswith(_ENDED):
                return Done(int(line.removeprefix(_ENDED)), output)
        raise AssertionError(f"run-pipeline ended its process: {output}")
