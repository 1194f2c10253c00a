"""Stands for the program `docker`: runs the programs of an environment instead of an image's.

`stand_in_docker.py FOLDER run|exec …`, with the options of `docker_image.py` alone. `/opt/ml` is
the folder that would be mounted there, in the hyperparameters too, as long as the program runs;
port 8080 is a free one, which a file in FOLDER remembers.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from rehearsal.processes import free_port

BIN = Path(sys.argv[1], "bin")
options = argparse.ArgumentParser()
options.add_argument("--rm", action="store_true", required=True)
options.add_argument("--network", required=True, choices=["none"])
options.add_argument("--volume", required=True)
options.add_argument("--name", default="unnamed")
options.add_argument("--entrypoint")
options.add_argument("--env", action="append", default=[])
options.add_argument("image")
options.add_argument("program", nargs=argparse.REMAINDER)

if sys.argv[2] == "run":
    given = options.parse_args(sys.argv[3:])
    base, _, mounted = given.volume.partition(":")
    port = str(free_port())
    BIN.with_name(given.name).write_text(port)
    variables = dict(variable.split("=", 1) for variable in given.env)
    inside = {name: value.replace(mounted, base) for name, value in variables.items()}
    known = {"SAGEMAKER_BASE_DIR": base, "SAGEMAKER_BIND_TO_PORT": port, "PATH": "/usr/bin:/bin"}
    program = [word.replace(mounted, base) for word in given.program]
    argv = ["python", *program] if given.entrypoint == "python3" else program
    hyperparameters = Path(base, "input/config/hyperparameters.json")
    if hyperparameters.exists():
        text = hyperparameters.read_text()
        hyperparameters.write_text(text.replace(mounted, base))
        code = subprocess.call([BIN / argv[0], *argv[1:]], env={**known, **inside})
        hyperparameters.write_text(text)
        sys.exit(code)
    os.execve(BIN / argv[0], argv, {**known, **inside})
name, _python, *arguments = sys.argv[3:]
port = BIN.with_name(name).read_text()
arguments = [port if argument == "8080" else argument for argument in arguments]
os.execv(BIN / "python", ["python", *arguments])
