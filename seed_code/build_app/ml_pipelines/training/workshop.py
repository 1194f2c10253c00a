"""What every step of the pipeline needs: its parameters, its project and its job settings."""

from __future__ import annotations

from dataclasses import dataclass

from dataset import Dataset
from sagemaker.core.network import NetworkConfig
from sagemaker.core.processing import Processor
from sagemaker.core.shapes import ProcessingOutput, ProcessingS3Output
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.core.workflow.functions import Join
from sagemaker.core.workflow.parameters import ParameterFloat, ParameterString
from sagemaker.core.workflow.pipeline_context import PipelineSession
from sagemaker.mlops.workflow.steps import CacheConfig

from ml_pipelines.command_line import COMMIT_PARAMETER
from ml_pipelines.live_version import ARN_PARAMETER, UNKNOWN, URL_PARAMETER
from ml_pipelines.settings import DATASET_FILE, PipelineSettings, Project

PROCESSING = "/opt/ml/processing"
CODE = f"{PROCESSING}/input/code"
DATASET_ARGUMENTS = ["--dataset-file", f"{CODE}/{DATASET_FILE.name}"]


@dataclass(frozen=True)
class Parameters:
    """What each execution of the pipeline can be started with."""

    input_data_url: ParameterString
    processing_instance_type: ParameterString
    training_instance_type: ParameterString
    model_approval_status: ParameterString
    metric_threshold: ParameterFloat
    commit_id: ParameterString
    live_model_package_arn: ParameterString
    live_model_url: ParameterString

    @classmethod
    def with_defaults(
        cls, settings: PipelineSettings, region: str, *, no_live_version: str
    ) -> Parameters:
        """Take the defaults from `pipeline.toml`.

        Args:
            settings: of it.
            region: of the project.
            no_live_version: a folder that stands for a live version's: SageMaker refuses an input
                without an object.
        """
        jobs = settings.jobs
        return cls(
            ParameterString(
                "InputDataUrl", default_value=settings.data.url.replace("{region}", region)
            ),
            ParameterString("ProcessingInstanceType", default_value=jobs.processing_instance_type),
            ParameterString("TrainingInstanceType", default_value=jobs.training_instance_type),
            ParameterString(
                "ModelApprovalStatus", default_value=settings.registration.approval_status
            ),
            ParameterFloat("MetricThreshold", default_value=settings.gate.threshold),
            # The registry takes no empty value.
            ParameterString(COMMIT_PARAMETER, default_value="unknown"),
            ParameterString(ARN_PARAMETER, default_value=UNKNOWN),
            ParameterString(URL_PARAMETER, default_value=no_live_version),
        )


@dataclass(frozen=True)
class Workshop:
    """What every step needs."""

    project: Project
    settings: PipelineSettings
    dataset: Dataset
    parameters: Parameters
    session: PipelineSession
    image_uri: str

    @property
    def cache(self) -> CacheConfig:
        """Reuse of a step whose code and inputs are unchanged."""
        return CacheConfig(enable_caching=True, expire_after=self.settings.jobs.cache_expires_after)

    def processor(self, script: str, *, role: str) -> Processor:
        """A processing job that runs one of the uploaded scripts, without network access."""
        return Processor(
            role=role,
            image_uri=self.image_uri,
            instance_count=1,
            instance_type=self.parameters.processing_instance_type,
            entrypoint=["python3", f"{CODE}/{script}"],
            volume_size_in_gb=self.settings.jobs.volume_size_gib,
            output_kms_key=self.project.KMS_KEY_ARN,
            sagemaker_session=self.session,
            network_config=NetworkConfig(enable_network_isolation=True),
            tags=self.project.tags,
        )

    def output(self, name: str) -> ProcessingOutput:
        """A folder of a processing job, kept per execution."""
        place = f"s3://{self.project.ARTIFACT_BUCKET}/{self.project.PIPELINE_NAME}"
        return ProcessingOutput(
            output_name=name,
            s3_output=ProcessingS3Output(
                s3_uri=Join(on="/", values=[place, ExecutionVariables.PIPELINE_EXECUTION_ID, name]),
                local_path=f"{PROCESSING}/{name}",
                s3_upload_mode="EndOfJob",
            ),
        )
