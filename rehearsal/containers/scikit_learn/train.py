"""Stand-in for `train` of AWS's scikit-learn 1.9-0 container: a script, in any of three forms.

Code with a `setup.py` is installed with pip and run as a module; a file `*.py` is run as it is,
once `requirements.txt` beside it is installed; anything else is a shell command. Imitates
`training.py` of aws/sagemaker-scikit-learn-container and sagemaker-training 4.8.0.
"""

from __future__ import annotations

import os
import shlex
from typing import Any

from rehearsal.containers.toolkit.command import run
from rehearsal.containers.toolkit.errors import ClientError
from rehearsal.containers.toolkit.module_install import (
    OwnEnvironment,
    install_package,
    install_requirements,
)
from rehearsal.containers.toolkit.training_environment import (
    TrainingEnvironment,
    base_folder,
    image_variables,
)
from rehearsal.containers.toolkit.training_report import report
from rehearsal.containers.toolkit.user_code import put_in_place

_MODULE = "sagemaker_sklearn_container.training:main"


def main() -> int:
    """Train; a failure goes to `output/failure`, which SageMaker shows as the failure reason."""
    base = base_folder()

    def train() -> None:
        environment = TrainingEnvironment.read(base, _MODULE, os.environ)
        if environment.program is None:
            raise ClientError(
                "There is no hyperparameter sagemaker_program, and this image trains scripts "
                "only; name the script in it."
            )
        _run_program(environment, environment.program)

    return report(base, train, framework_error="Framework Error: \n", is_script_heard=True)


def _run_program(environment: TrainingEnvironment, program: str) -> None:
    code = environment.code
    put_in_place(environment.submitted, code)
    own = OwnEnvironment.make(environment.base / "venv")
    arguments = environment.arguments()
    is_command = program.endswith(".sh")
    if not is_command and (code / "setup.py").exists():
        install_package(code, own, is_code_told=True)
        argv = [str(own.python), "-m", program.removesuffix(".py"), *arguments]
    elif program.endswith(".py"):
        if (code / "requirements.txt").exists():
            install_requirements(code, own)
        argv = [str(own.python), program, *arguments]
    else:
        (code / program).chmod(0o777)
        argv = ["/bin/sh", "-c", f"./{program} {shlex.join(arguments)}"]
    variables = {
        **image_variables(environment.base),
        **environment.variables(_groups(environment)),
        "PYTHONPATH": os.pathsep.join(filter(None, [str(code), os.environ.get("PYTHONPATH")])),
    }
    run(argv, code, "ExecuteUserScriptError", is_code_told=True, variables=variables)


def _groups(environment: TrainingEnvironment) -> dict[str, Any]:
    """What sagemaker-training tells of groups of instances, on one host."""
    resources = environment.resources
    groups = resources.get("instance_groups", [])
    name = resources.get("current_group_name", "homogeneousCluster")
    by_name = {group["instance_group_name"]: group for group in groups}
    return {
        "current_instance_group": name,
        "current_instance_group_hosts": by_name.get(name, {}).get("hosts", []),
        "current_instance_type": resources.get("current_instance_type", "local"),
        "distribution_hosts": [] if groups else resources["hosts"],
        "distribution_instance_groups": [],
        "instance_groups": list(by_name),
        "instance_groups_dict": by_name,
        "is_hetero": len(by_name) > 1,
        "is_modelparallel_enabled": None,
        "is_smddpmprun_installed": False,
        "is_smddprun_installed": False,
        "num_neurons": 0,
    }
