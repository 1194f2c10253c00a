"""The stack of one stage: model, endpoint configuration, endpoint."""

from aws_cdk import CfnOutput, Environment, Stack, Tags
from aws_cdk.aws_sagemaker import CfnEndpoint, CfnEndpointConfig, CfnModel
from constructs import Construct

from deploy_endpoint.project_role_synthesizer import ProjectRoleSynthesizer
from deploy_endpoint.project_settings import ProjectSettings
from deploy_endpoint.stage_settings import StageSettings

VARIANT_NAME = "AllTraffic"
MODEL_PACKAGE_TAG = "mlops:model-package-arn"


class EndpointStack(Stack):
    """Serves one approved model package at `<project name>-<stage>`.

    CloudFormation names the model and the endpoint configuration. Only a changed model or changed
    settings replace them, and SageMaker then moves the traffic while the endpoint keeps answering.
    The template goes inline to CloudFormation, which works as the project's own role: neither
    bootstrap roles nor a bucket are needed, and an asset is refused at synthesis.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project: ProjectSettings,
        stage_name: str,
        stage: StageSettings,
        model_package: str,
    ) -> None:
        super().__init__(
            scope,
            id_,
            stack_name=project.stack_name(stage_name),
            description=f"Endpoint {project.endpoint_name(stage_name)} of a SageMaker project",
            env=Environment(account=project.aws_account, region=project.aws_region),
            synthesizer=ProjectRoleSynthesizer(project.cloudformation_role_arn),
        )
        self._project = project
        self._endpoint_name = project.endpoint_name(stage_name)
        model = self._build_model(model_package)
        self._build_endpoint(self._build_endpoint_config(model, stage))
        CfnOutput(self, "EndpointName", value=self._endpoint_name)
        CfnOutput(self, "ModelPackageArn", value=model_package)
        self._tag(model_package)

    def _build_model(self, model_package: str) -> CfnModel:
        return CfnModel(
            self,
            "Model",
            enable_network_isolation=True,
            execution_role_arn=self._project.execution_role_arn,
            primary_container=CfnModel.ContainerDefinitionProperty(
                model_package_name=model_package
            ),
        )

    def _build_endpoint_config(self, model: CfnModel, stage: StageSettings) -> CfnEndpointConfig:
        return CfnEndpointConfig(
            self,
            "EndpointConfig",
            kms_key_id=None if stage.has_local_storage else self._project.kms_key_arn,
            production_variants=[
                CfnEndpointConfig.ProductionVariantProperty(
                    variant_name=VARIANT_NAME,
                    model_name=model.attr_model_name,
                    instance_type=stage.instance_type,
                    initial_instance_count=stage.initial_instance_count,
                    initial_variant_weight=1,
                )
            ],
            data_capture_config=self._data_capture(stage),
        )

    def _data_capture(
        self, stage: StageSettings
    ) -> CfnEndpointConfig.DataCaptureConfigProperty | None:
        if stage.data_capture is None:
            return None
        return CfnEndpointConfig.DataCaptureConfigProperty(
            enable_capture=True,
            initial_sampling_percentage=stage.data_capture.sampling_percentage,
            destination_s3_uri=(
                f"s3://{self._project.artifact_bucket}/data-capture/{self._endpoint_name}"
            ),
            kms_key_id=self._project.kms_key_arn,
            capture_options=[
                CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode)
                for mode in ("Input", "Output")
            ],
            capture_content_type_header=CfnEndpointConfig.CaptureContentTypeHeaderProperty(
                csv_content_types=["text/csv"]
            ),
        )

    def _build_endpoint(self, config: CfnEndpointConfig) -> None:
        CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=self._endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
        )

    def _tag(self, model_package: str) -> None:
        tags = Tags.of(self)
        tags.add("sagemaker:project-name", self._project.project_name)
        tags.add("sagemaker:project-id", self._project.project_id)
        tags.add(MODEL_PACKAGE_TAG, model_package)
