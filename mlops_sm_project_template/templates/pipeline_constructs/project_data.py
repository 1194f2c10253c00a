"""Data of a project: key, bucket and model package group, which outlive the project."""

from aws_cdk import CfnResource, CustomResource, Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings
from mlops_sm_project_template.rights.subject import Subject
from mlops_sm_project_template.tag_list import tag_list
from mlops_sm_project_template.templates.pipeline_constructs.data_function import ask_data_function
from mlops_sm_project_template.templates.pipeline_constructs.project_key import ProjectKey
from mlops_sm_project_template.templates.pipeline_constructs.project_parameters import (
    ProjectParameters,
)
from mlops_sm_project_template.templates.pipeline_constructs.stage_accounts import StageAccounts
from mlops_sm_project_template.templates.pipeline_constructs.studio_access import let_studio_work

# Retained when the project is deleted, but not when its launch fails: a key costs money.
_STAYS = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
_OLD_VERSIONS_DAYS = 90
_BROKEN_UPLOADS_DAYS = 7


class ProjectData(Construct):
    """Key, bucket, model package group, and their clean-up.

    CloudFormation retains all three, except after a launch that failed. The clean-up removes what
    is empty, or everything if the project asks for it. Roles that write here must depend on
    `clean_up`: CloudFormation then deletes them first, and the clean-up meets nobody who writes.
    """

    def __init__(
        self, scope: Construct, id_: str, *, parameters: ProjectParameters, settings: Settings
    ) -> None:
        super().__init__(scope, id_)
        self._project_id = parameters.project_id
        self._tags = parameters.tags
        self.group_name = names.pipeline(parameters.project_name, parameters.project_id)
        company = settings.roles
        self.key = ProjectKey(self, parameters=parameters, settings=settings)
        self.bucket = self._build_bucket()
        accounts = StageAccounts(
            self,
            "StageAccounts",
            account_numbers=parameters.stage_accounts,
            project_id=parameters.project_id,
            company=company,
            organization=settings.principal_org_id,
        )
        accounts.let_read(self.bucket, f"{self.group_name}/*", self.key.own)
        let_studio_work(
            self.bucket, self.key.own, role=parameters.studio_role, models=f"{self.group_name}/"
        )
        self._group = self._build_group(accounts)
        self.clean_up = self._build_clean_up(parameters)
        self.subject = Subject(
            project_id=parameters.project_id,
            project_name=parameters.project_name,
            bucket_arn=self.bucket.bucket_arn,
            key=self.key,
            company=company,
        )

    def _build_bucket(self) -> s3.Bucket:
        return s3.Bucket(
            self,
            "Bucket",
            bucket_name=names.bucket(self._project_id),
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key.for_bucket,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=Duration.days(_OLD_VERSIONS_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(_BROKEN_UPLOADS_DAYS),
                )
            ],
            removal_policy=_STAYS,
        )

    def _build_group(self, accounts: StageAccounts) -> CfnResource:
        group = CfnResource(  # raw, since the module with its class costs 0.7 s at each synthesis
            self,
            "ModelPackageGroup",
            type="AWS::SageMaker::ModelPackageGroup",
            properties={
                "ModelPackageGroupName": self.group_name,
                "ModelPackageGroupDescription": "Versions of the model, waiting for approval",
                "ModelPackageGroupPolicy": accounts.model_package_policy(),
                "Tags": tag_list(self._tags),
            },
        )
        group.apply_removal_policy(_STAYS)
        return group

    def _build_clean_up(self, parameters: ProjectParameters) -> CustomResource:
        clean_up = ask_data_function(
            self,
            "CleanUp",
            resource_type="Custom::ProjectData",
            properties={
                "BucketName": self.bucket.bucket_name,
                "KeyId": self.key.id,
                "ModelPackageGroupName": self.group_name,
                "PipelineName": self.group_name,
                "OnDelete": parameters.data_on_delete,
                # Looked at before the roles change, which depend on this.
                "ProjectId": parameters.project_id,
                "Stages": parameters.stages.listed,
                # A key that others use too is none to clean up.
                **({"EncryptionKey": chosen} if (chosen := parameters.encryption_key) else {}),
            },
        )
        clean_up.node.add_dependency(self._group)
        if self.bucket.policy is not None:  # a bucket that stays keeps refusing plain connections
            self.bucket.policy.apply_removal_policy(_STAYS)
            clean_up.node.add_dependency(self.bucket.policy)
        return clean_up
