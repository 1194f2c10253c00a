"""Preprocess → train → evaluate → gate on the metric → register.

The definition depends on the settings and the scripts alone: two builds of one commit are
byte-identical, so nothing runs twice that did not change.
"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import boto3
from sagemaker.core import image_uris
from sagemaker.core.config.config_manager import SageMakerConfig
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.pipeline import Pipeline

from ml_pipelines.agreement import check_agreement
from ml_pipelines.code_upload import CodeFolder, code_archive, code_folder
from ml_pipelines.registration_limits import check_allowed
from ml_pipelines.settings import (
    DATASET_FILE,
    SCRIPTS,
    Algorithm,
    PipelineSettings,
    Project,
    SettingsError,
    read_dataset,
)
from ml_pipelines.training.gate import gate_steps
from ml_pipelines.training.steps import (
    evaluate_step,
    preprocess_step,
    register_step,
    train_step,
)
from ml_pipelines.training.workshop import Parameters, Workshop
from ml_pipelines.vendored_packages import read_requirements

# What the SageMaker SDK calls the frameworks.
SDK_NAMES = {"xgboost": "xgboost", "scikit-learn": "sklearn"}
READING_SCRIPTS = ("dataset.py", "fields.py", "model_input.py", "records.py")
PREPROCESS_SCRIPTS = ("preprocess.py", "data_files.py", "split.py", "overlap.py", *READING_SCRIPTS)
EVALUATE_SCRIPTS = (
    *("evaluate.py", "served_package.py", "inference.py", "models.py", *READING_SCRIPTS),
    *("metrics.py", "scores.py", "resampling.py", "quality.py", "curves.py", "groups.py"),
    *("importance.py", "shortening.py", "comparison.py", "ask_live.py", "overlap.py"),
)


def code_folders(
    project: Project,
    settings: PipelineSettings,
    scripts: Path = SCRIPTS,
) -> list[CodeFolder]:
    """Address the scripts of preprocessing, of evaluation and, if a script trains, of training."""
    place = {"bucket": project.ARTIFACT_BUCKET, "parent": project.PIPELINE_NAME}
    requirements = read_requirements(scripts, settings.algorithm)
    folders = [
        code_folder([DATASET_FILE, *(scripts / name for name in names)], needed, **place)
        for names, needed in ((PREPROCESS_SCRIPTS, None), (EVALUATE_SCRIPTS, requirements))
    ]
    script = settings.algorithm.script
    if script is not None:
        if not (scripts / script).is_file():
            raise SettingsError(
                f"setting algorithm.script of pipeline.toml is refused: source_scripts/ has no "
                f"{script}; write it, or leave the setting out to train a built-in algorithm."
            )
        folders.append(code_archive([scripts / script], requirements, **place))
    return folders


def get_pipeline(project: Project, settings: PipelineSettings) -> Pipeline:
    """Build the pipeline; uploads nothing and asks AWS nothing."""
    session = _open_session(project)
    image_uri = _image_uri(settings.algorithm, project.AWS_REGION)
    dataset = read_dataset()
    check_agreement(settings, dataset)
    check_allowed(project, settings)
    preprocess_code, evaluate_code, *train_code = code_folders(project, settings)
    parameters = Parameters.with_defaults(
        settings, project.AWS_REGION, no_live_version=evaluate_code.uri
    )
    workshop = Workshop(project, settings, dataset, parameters, session, image_uri)
    report = PropertyFile(name="EvaluationReport", output_name="evaluation", path="evaluation.json")
    preprocess = preprocess_step(workshop, preprocess_code)
    train = train_step(workshop, preprocess, *train_code)
    evaluate = evaluate_step(workshop, evaluate_code, preprocess, train, report)
    register = register_step(workshop, train, evaluate, evaluate_code)
    gate = gate_steps(workshop, evaluate, report, register)
    return Pipeline(
        name=project.PIPELINE_NAME,
        parameters=list(astuple(parameters)),
        steps=[preprocess, train, evaluate, *gate],
        sagemaker_session=session,
    )


def _image_uri(algorithm: Algorithm, region: str) -> str:
    """The project's own image, or that of a framework in the SDK's tables.

    Raises:
        SettingsError: they have none.
    """
    if algorithm.framework is None:
        return str(algorithm.image)
    try:
        name = SDK_NAMES[algorithm.framework]
        found: str = image_uris.retrieve(name, region, version=algorithm.version)
    except (KeyError, ValueError) as error:
        raise SettingsError(
            f"setting algorithm of pipeline.toml is refused: the SageMaker SDK knows no image of "
            f"{algorithm.framework} {algorithm.version} in {region}; choose another version."
        ) from error
    return found


def _open_session(project: Project) -> PipelineSession:
    session = PipelineSession(
        boto_session=boto3.Session(region_name=project.AWS_REGION),
        default_bucket=project.ARTIFACT_BUCKET,
    )
    # Opening it validated the SDK's settings. The SDK would do that again at each of about fifty
    # look-ups, which is two thirds of the time that a build takes.
    SageMakerConfig.validate_sagemaker_config = staticmethod(lambda _settings: None)
    return session
