"""Stand-in for `train` of AWS's XGBoost 3.2-0 container: algorithm mode, or a script.

With `sagemaker_program` it makes the submitted code a package, installs that with pip and runs the
script as a module; channels may have any name. Imitates `training.py` of
aws/sagemaker-xgboost-container and `run_module` of sagemaker-containers 2.8.6.
"""

from __future__ import annotations

import os

from rehearsal.containers.toolkit.command import run
from rehearsal.containers.toolkit.module_install import (
    OwnEnvironment,
    install_package,
    make_package,
)
from rehearsal.containers.toolkit.training_environment import (
    TrainingEnvironment,
    base_folder,
    image_variables,
)
from rehearsal.containers.toolkit.training_report import report
from rehearsal.containers.toolkit.user_code import put_in_place
from rehearsal.containers.xgboost.lean_import import import_algorithm

_MODULE = "sagemaker_xgboost_container.training:main"


def main() -> int:
    """Train; a failure goes to `output/failure`, which SageMaker shows as the failure reason."""
    base = base_folder()

    def train() -> None:
        environment = TrainingEnvironment.read(base, _MODULE, os.environ)
        if environment.program is None:
            # XGBoost takes longer to import than all else; a script may not need it.
            import_algorithm("rehearsal.containers.xgboost.algorithm_training").run(base)
        else:
            _run_program(environment, environment.program)

    return report(base, train, framework_error="framework error: \n")


def _run_program(environment: TrainingEnvironment, program: str) -> None:
    module = program.removesuffix(".py")
    put_in_place(environment.submitted, environment.code)
    make_package(environment.code, program)
    own = OwnEnvironment.make(environment.base / "venv")
    install_package(environment.code, own, is_code_told=False)
    argv = [str(own.python), "-m", module, *environment.arguments()]
    variables = {**image_variables(environment.base), **environment.variables({})}
    run(
        argv,
        environment.code,
        "ExecuteUserScriptError",
        is_code_told=False,
        variables=variables,
    )
