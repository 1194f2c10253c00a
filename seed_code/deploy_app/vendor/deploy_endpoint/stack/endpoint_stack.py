"""The stack of one stage: model, endpoint configuration, alarms, endpoint, scaling."""

from typing import NoReturn

from aws_cdk import CfnOutput, Environment, ISynthesisSession, Stack, StackSynthesizer, Tags
from aws_cdk.aws_cloudwatch import CfnAlarm
from aws_cdk.aws_sagemaker import CfnEndpoint, CfnEndpointConfig, CfnModel
from constructs import Construct

from deploy_endpoint.errors import AssetRefusedError
from deploy_endpoint.model.approved_model import ApprovedModel
from deploy_endpoint.settings.project_settings import ProjectSettings
from deploy_endpoint.settings.serving_settings import Realtime, Serverless
from deploy_endpoint.settings.stage import StageSettings
from deploy_endpoint.stack.instances import build_alarms, build_scaling, deployment_config
from deploy_endpoint.stack.served_endpoint import MODEL_PACKAGE_TAG

VARIANT_NAME = "AllTraffic"


class EndpointStack(Stack):
    """Serves one approved model package at `<project name>-<stage>`.

    CloudFormation names the model and the endpoint configuration. Only a changed model or changed
    settings replace them, and SageMaker then moves the traffic while the endpoint keeps answering.
    The template goes inline to CloudFormation, which works as the stage's own role: neither
    bootstrap roles nor a bucket are needed, and an asset is refused at synthesis.

    Attributes:
        project: the settings of the project.
        stage: the settings of the stage.
        model: what is served.
        endpoint_config: how it is served.
        alarms: what brings the old model back; none with some policies.
        endpoint: what answers.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        project: ProjectSettings,
        stage: StageSettings,
        model: ApprovedModel,
    ) -> None:
        super().__init__(
            scope,
            id_,
            stack_name=project.stack_name(stage.name),
            description=f"Endpoint {project.endpoint_name(stage.name)} of a SageMaker project",
            env=Environment(account=project.account(stage), region=project.aws_region),
            synthesizer=ProjectRoleSynthesizer(project.cloudformation_role_arn(stage)),
        )
        self.project = project
        self.stage = stage
        self._endpoint_name = project.endpoint_name(stage.name)
        self.model = self._build_model(model.package_arn)
        self.endpoint_config = self._build_endpoint_config(self.model)
        self.alarms = self._build_alarms(self.endpoint_config)
        self.endpoint = self._build_endpoint(self.endpoint_config, self.alarms)
        CfnOutput(self, "EndpointName", value=self._endpoint_name)
        # What the endpoint must serve when CloudFormation has done its work.
        CfnOutput(self, "EndpointConfigName", value=self.endpoint_config.attr_endpoint_config_name)
        CfnOutput(self, "ModelPackageArn", value=model.package_arn)
        self.customize()
        self._tag(model)

    def customize(self) -> None:
        """Change or add what no setting can; a subclass in `app.py` overrides this."""

    def _build_model(self, model_package: str) -> CfnModel:
        isolated = isinstance(self.stage.serving, Realtime)
        model = CfnModel(
            self,
            "Model",
            enable_network_isolation=isolated or None,
            execution_role_arn=self.project.execution_role_arn(self.stage),
            primary_container=CfnModel.ContainerDefinitionProperty(
                model_package_name=model_package
            ),
            vpc_config=self._network(),
        )
        if not isolated:
            # https://docs.aws.amazon.com/sagemaker/latest/dg/serverless-endpoints.html
            reason = "SageMaker serves no model in network isolation from a serverless endpoint."
            model.add_metadata("checkov", {"skip": [{"id": "CKV_AWS_370", "comment": reason}]})
        return model

    def _network(self) -> CfnModel.VpcConfigProperty | None:
        if not self.stage.subnets:
            return None
        return CfnModel.VpcConfigProperty(
            subnets=list(self.stage.subnets),
            security_group_ids=list(self.stage.security_groups),
        )

    def _build_endpoint_config(self, model: CfnModel) -> CfnEndpointConfig:
        return CfnEndpointConfig(
            self,
            "EndpointConfig",
            kms_key_id=self._disk_key(),
            production_variants=[self._variant(model)],
            data_capture_config=self._data_capture(),
        )

    def _disk_key(self) -> str | None:
        """The key of the instances' disks; None where there are none or they have their own.

        In a stage's own account the disks use that account's key for SageMaker: the project's key
        would have to trust that account.
        """
        serving = self.stage.serving
        if isinstance(serving, Serverless) or serving.has_local_storage:
            return None
        return None if self.project.is_foreign(self.stage) else self.project.kms_key_arn

    def _variant(self, model: CfnModel) -> CfnEndpointConfig.ProductionVariantProperty:
        serving = self.stage.serving
        if isinstance(serving, Serverless):
            return CfnEndpointConfig.ProductionVariantProperty(
                variant_name=VARIANT_NAME,
                model_name=model.attr_model_name,
                initial_variant_weight=1,
                serverless_config=CfnEndpointConfig.ServerlessConfigProperty(
                    memory_size_in_mb=serving.memory_mib, max_concurrency=serving.max_concurrency
                ),
            )
        return CfnEndpointConfig.ProductionVariantProperty(
            variant_name=VARIANT_NAME,
            model_name=model.attr_model_name,
            initial_variant_weight=1,
            instance_type=serving.instance_type,
            initial_instance_count=serving.instance_count,
        )

    def _data_capture(self) -> CfnEndpointConfig.DataCaptureConfigProperty | None:
        if self.stage.data_capture is None:
            return None
        return CfnEndpointConfig.DataCaptureConfigProperty(
            enable_capture=True,
            initial_sampling_percentage=self.stage.data_capture.sampling_percentage,
            destination_s3_uri=(
                f"s3://{self.project.artifact_bucket}/data-capture/{self._endpoint_name}"
            ),
            kms_key_id=self.project.kms_key_arn,
            capture_options=[
                CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode)
                for mode in ("Input", "Output")
            ],
            capture_content_type_header=CfnEndpointConfig.CaptureContentTypeHeaderProperty(
                csv_content_types=["text/csv"]
            ),
        )

    def _build_alarms(self, config: CfnEndpointConfig) -> list[CfnAlarm]:
        if self.stage.deployment.alarms is None:
            return []
        return build_alarms(
            self,
            self.stage.deployment.alarms,
            endpoint_name=self._endpoint_name,
            variant_name=VARIANT_NAME,
            config=config,
        )

    def _build_endpoint(self, config: CfnEndpointConfig, alarms: list[CfnAlarm]) -> CfnEndpoint:
        serving = self.stage.serving
        scaling = serving.autoscaling if isinstance(serving, Realtime) else None
        endpoint = CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=self._endpoint_name,
            endpoint_config_name=config.attr_endpoint_config_name,
            deployment_config=deployment_config(
                self.stage.deployment, instances=serving.most_instances, alarms=alarms
            ),
            # A new model starts with as many instances as autoscaling has made of the old one.
            retain_all_variant_properties=True if scaling else None,
        )
        if isinstance(serving, Realtime) and scaling is not None:
            build_scaling(
                endpoint,
                scaling,
                resource_id=f"endpoint/{self._endpoint_name}/variant/{VARIANT_NAME}",
                min_instances=serving.instance_count,
            )
        return endpoint

    def _tag(self, model: ApprovedModel) -> None:
        tags = {
            **self.project.tags(self.stage),
            MODEL_PACKAGE_TAG: model.package_arn,
            **model.provenance.tags(),
        }
        for key, value in tags.items():
            Tags.of(self).add(key, value)


class ProjectRoleSynthesizer(StackSynthesizer):
    """Hands the template inline to CloudFormation, which then works as the given role.

    The command line calls CloudFormation with the credentials that it already has, and nothing
    of the CDK bootstrap is needed. `BootstraplessSynthesizer` of the CDK does not do this: it
    writes the bootstrap deploy role into the manifest, and the command line tries to assume it.
    """

    def __init__(self, cloudformation_role_arn: str) -> None:
        super().__init__()
        self._role_arn = cloudformation_role_arn

    def synthesize(self, session: ISynthesisSession) -> None:
        """Write the template and its manifest entry."""
        self._synthesize_template(session)
        self._emit_artifact(session, cloud_formation_execution_role_arn=self._role_arn)

    def add_file_asset(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is no bucket to put a file into."""
        raise AssetRefusedError("file")

    def add_docker_image_asset(self, *_: object, **__: object) -> NoReturn:
        """Refuse: there is no registry to push an image to."""
        raise AssetRefusedError("image")
