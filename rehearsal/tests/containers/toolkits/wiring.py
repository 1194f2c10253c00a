"""What AWS's two images put around AWS's toolkits, for these to be run without the images.

Imported by the toolkits alone: SAGEMAKER_TRAINING_MODULE and SAGEMAKER_SERVING_MODULE name it.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

_app: Any = None


def train_xgboost() -> None:
    """As `training.py` of aws/sagemaker-xgboost-container does with a script."""
    from sagemaker_containers.beta import framework

    job = framework.training_env()
    framework.modules.run_module(
        job.module_dir, job.to_cmd_args(), job.to_env_vars(), job.module_name, capture_error=False
    )


def train_scikit_learn() -> None:
    """As `training.py` of aws/sagemaker-scikit-learn-container does."""
    from sagemaker_training import entry_point, environment, runner

    job = environment.Environment()
    entry_point.run(
        uri=job.module_dir,
        user_entry_point=job.user_entry_point,
        args=job.to_cmd_args(),
        env_vars=job.to_env_vars(),
        runner_type=runner.ProcessRunnerType,
    )


def serve_scikit_learn(environ: Any, start_response: Any) -> Any:
    """As `serving.py` of aws/sagemaker-scikit-learn-container does, on the first request."""
    global _app
    if _app is None:
        from sagemaker_containers.beta.framework import transformer, worker

        name = os.environ["SAGEMAKER_PROGRAM"].removesuffix(".py")
        module = importlib.import_module(name)
        functions = {"model_fn": module.model_fn}
        if hasattr(module, "transform_fn"):
            functions["transform_fn"] = module.transform_fn
        else:
            functions["input_fn"] = getattr(module, "input_fn", _read)
            functions["predict_fn"] = getattr(module, "predict_fn", _predict)
            functions["output_fn"] = getattr(module, "output_fn", _write)
        chain = transformer.Transformer(**functions)
        chain.initialize()
        _app = worker.Worker(transform_fn=chain.transform, module_name=name)
    return _app(environ, start_response)


def _read(content: Any, content_type: str) -> Any:
    from sagemaker_containers.beta.framework import content_types, encoders

    array = encoders.decode(content, content_type)
    return array.astype("float32") if content_type in content_types.UTF8_TYPES else array


def _predict(data: Any, model: Any) -> Any:
    return model.predict(data)


def _write(prediction: Any, accept: str) -> Any:
    from sagemaker_containers.beta.framework import encoders, worker

    return worker.Response(encoders.encode(prediction, accept), mimetype=accept)
