"""The steps before the gate, each built from the ones before it, and what the gate registers."""

from __future__ import annotations

from sagemaker.core.model_metrics import MetricsSource, ModelMetrics
from sagemaker.core.shapes import (
    ProcessingInput,
    ProcessingS3Input,
    StoppingCondition,
    Tag,
)
from sagemaker.core.training.configs import Compute, InputData, Networking, OutputDataConfig
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.model_step import ModelStep
from sagemaker.mlops.workflow.steps import ProcessingStep, TrainingStep
from sagemaker.serve.model_builder import ModelBuilder
from sagemaker.train import ModelTrainer

from ml_pipelines.agreement import hyperparameters
from ml_pipelines.code_upload import ARCHIVE, CodeFolder
from ml_pipelines.settings import PipelineSettings
from ml_pipelines.training.registered_card import registered_card
from ml_pipelines.training.workshop import CODE, DATASET_ARGUMENTS, PROCESSING, Workshop
from ml_pipelines.vendored_packages import PACKAGES

# pip installs scripts at start, and would fetch tools for that, which network isolation forbids.
# The variable's value is the opposite of its name: 0 turns build isolation off.
SCRIPT_ENVIRONMENT = {"PIP_NO_BUILD_ISOLATION": "0"}
SERVED_CODE = "/opt/ml/model/code"
SERVED_ENVIRONMENT = {
    **SCRIPT_ENVIRONMENT,
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": SERVED_CODE,
    # A client that accepts anything gets CSV; the container's own default is JSON.
    "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
}
CODE_CHANNEL = "code"
Uri = str | object


def preprocess_step(workshop: Workshop, code: CodeFolder) -> ProcessingStep:
    """Divide the records, fit the statistics on the training split."""
    outputs = ("train", "validation", "test", "statistics")
    data_url = workshop.parameters.input_data_url
    arguments = ["--input-dir", f"{PROCESSING}/input/data", "--input-url", data_url]
    for name in outputs:
        arguments += [f"--{name}-dir", f"{PROCESSING}/{name}"]
    arguments += ["--seed", str(workshop.settings.data.split_seed), *DATASET_ARGUMENTS]
    # This job alone may read the project's data locations.
    processor = workshop.processor("preprocess.py", role=workshop.project.READER_ROLE_ARN)
    request = processor.run(
        inputs=[
            _input("data", data_url, f"{PROCESSING}/input/data"),
            _input("code", code.uri, CODE),
        ],
        outputs=[workshop.output(name) for name in outputs],
        arguments=arguments,
    )
    return ProcessingStep("Preprocess", step_args=request, cache_config=workshop.cache)


def train_step(
    workshop: Workshop, preprocess: ProcessingStep, script: CodeFolder | None = None
) -> TrainingStep:
    """Train the built-in algorithm, or with a script that comes by a channel.

    The SDK's own way to bring a script puts the time into its address. This one keeps the
    definition the same from build to build, and needs no network.
    """
    settings = workshop.settings
    project = workshop.project
    trainer = ModelTrainer(
        training_image=workshop.image_uri,
        role=project.EXECUTION_ROLE_ARN,
        sagemaker_session=workshop.session,
        compute=Compute(
            instance_type=workshop.parameters.training_instance_type,
            instance_count=1,
            volume_size_in_gb=settings.jobs.volume_size_gib,
            enable_managed_spot_training=settings.jobs.training_spot or None,
        ),
        stopping_condition=StoppingCondition(
            max_runtime_in_seconds=settings.jobs.training_timeout_seconds,
            **workshop.waiting,
        ),
        networking=Networking(enable_network_isolation=True, **workshop.network),
        environment=_script_environment(script),
        hyperparameters={
            **hyperparameters(settings, workshop.dataset),
            **(_script_parameters(settings) if script else {}),
        },
        output_data_config=OutputDataConfig(
            s3_output_path=f"s3://{project.ARTIFACT_BUCKET}/{project.PIPELINE_NAME}/training",
            kms_key_id=project.KMS_KEY_ARN,
        ),
        input_data_config=[
            InputData(
                channel_name=channel,
                data_source=_output_uri(preprocess, channel),
                content_type="text/csv",
            )
            for channel in ("train", "validation")
        ]
        + ([InputData(channel_name=CODE_CHANNEL, data_source=script.uri)] if script else []),
        tags=[Tag(key=tag["Key"], value=tag["Value"]) for tag in project.tags],
    )
    return TrainingStep("Train", step_args=trainer.train(), cache_config=workshop.cache)


def _script_parameters(settings: PipelineSettings) -> dict[str, str]:
    """How the framework's image finds the script that trains."""
    return {
        "sagemaker_program": str(settings.algorithm.script),
        "sagemaker_submit_directory": f"/opt/ml/input/data/{CODE_CHANNEL}/{ARCHIVE}",
    }


def _script_environment(script: CodeFolder | None) -> dict[str, str]:
    if script is None:
        return {}
    return {**SCRIPT_ENVIRONMENT, **_packages_path(script, "/opt/ml/code")}


def _packages_path(code: CodeFolder, place: str) -> dict[str, str]:
    """Where Python finds the packages that travel with the code, if there are any."""
    return {"PYTHONPATH": f"{place}/{PACKAGES}"} if code.requirements else {}


def evaluate_step(
    workshop: Workshop,
    code: CodeFolder,
    preprocess: ProcessingStep,
    train: TrainingStep,
    report: PropertyFile,
) -> ProcessingStep:
    """Package the model as it will be served, evaluate that package, compare it to the live one."""
    inputs: dict[str, Uri] = {
        "model": train.properties.ModelArtifacts.S3ModelArtifacts,
        "statistics": _output_uri(preprocess, "statistics"),
        "test": _output_uri(preprocess, "test"),
        "live": workshop.parameters.live_model_url,
    }
    outputs = ("package", "evaluation")
    settings = workshop.settings
    arguments = ["--task", settings.task.type, "--metric", settings.metric.name]
    arguments += ["--live-arn", workshop.parameters.live_model_package_arn]
    if settings.gate.better_than_live_by is not None:
        arguments += ["--better-than-live-by", str(settings.gate.better_than_live_by)]
    arguments += ["--code-dir", CODE, *DATASET_ARGUMENTS]
    for name in inputs:
        arguments += [f"--{name}-dir", f"{PROCESSING}/input/{name}"]
    for name in outputs:
        arguments += [f"--{name}-dir", f"{PROCESSING}/{name}"]
    processor = workshop.processor("evaluate.py", role=workshop.project.EXECUTION_ROLE_ARN)
    request = processor.run(
        inputs=[
            *(_input(name, uri, f"{PROCESSING}/input/{name}") for name, uri in inputs.items()),
            _input("code", code.uri, CODE),
        ],
        outputs=[workshop.output(name) for name in outputs],
        arguments=arguments,
    )
    return ProcessingStep(
        "Evaluate",
        step_args=request,
        cache_config=workshop.cache,
        property_files=[report],
    )


def register_step(
    workshop: Workshop, train: TrainingStep, evaluate: ProcessingStep, code: CodeFolder
) -> ModelStep:
    """Register the evaluated package with its metrics, and with what it was made from.

    Commit and execution stand here alone: they differ each time, and a step that named them would
    never be found in the cache.
    """
    registration = workshop.settings.registration
    package, report = _output_uri(evaluate, "package"), _output_uri(evaluate, "evaluation")
    builder = ModelBuilder(
        s3_model_data_url=Join(on="/", values=[package, "model.tar.gz"]),
        image_uri=workshop.image_uri,
        sagemaker_session=workshop.session,
        role_arn=workshop.project.EXECUTION_ROLE_ARN,
        env_vars={**SERVED_ENVIRONMENT, **_packages_path(code, SERVED_CODE)},
    )
    # Named here, the SDK does not look for (or create) a default bucket while building.
    builder.bucket = workshop.project.ARTIFACT_BUCKET
    statistics = MetricsSource(
        s3_uri=Join(on="/", values=[report, "evaluation.json"]), content_type="application/json"
    )
    request = builder.register(
        model_package_group_name=workshop.project.MODEL_PACKAGE_GROUP_NAME,
        content_types=["text/csv"],
        response_types=["text/csv"],
        inference_instances=registration.inference_instance_types,
        transform_instances=registration.transform_instance_types,
        approval_status=workshop.parameters.model_approval_status,
        model_metrics=ModelMetrics(model_statistics=statistics),
        model_card=registered_card(workshop, train, package, report),
        customer_metadata_properties={
            "commit": workshop.parameters.commit_id,
            "gate-metric": workshop.settings.metric.name,
            # Joined with nothing, the number becomes a text, as the registry wants it.
            "gate-threshold": Join(on="", values=[workshop.parameters.metric_threshold]),
            "pipeline-execution": ExecutionVariables.PIPELINE_EXECUTION_ARN,
        },
    )
    return ModelStep("Register", step_args=request)


def _input(name: str, uri: Uri, local_path: str) -> ProcessingInput:
    return ProcessingInput(
        input_name=name,
        s3_input=ProcessingS3Input(
            s3_uri=uri,
            local_path=local_path,
            s3_data_type="S3Prefix",
            s3_input_mode="File",
            s3_data_distribution_type="FullyReplicated",
        ),
    )


def _output_uri(step: ProcessingStep, name: str) -> Uri:
    uri: Uri = step.properties.ProcessingOutputConfig.Outputs[name].S3Output.S3Uri
    return uri
