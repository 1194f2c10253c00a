"""What neither workflow, nor SageMaker, nor CloudFormation may do in a project's name."""

from mlops_sm_project_template.config import names
from tests.rehearsed.attacks.attack import (
    ADMINISTRATOR,
    ANY_ROLE,
    DEFINITION,
    EMPTY_STACK,
    EVERYTHING,
    OPEN_TRUST,
    OWN_TAG_LIST,
    OWN_TAGS,
    ROLE,
    Attack,
)

_DECISIONS = {"TableName": names.APPROVAL_TABLE}
# Who builds a model says nothing of it that others have to say.
FORGERIES = (
    *(
        Attack(
            f"register a model with {key}",
            "sagemaker",
            "create_model_package",
            {
                "ModelPackageGroupName": "{own}-{own_id}",
                "ModelApprovalStatus": "PendingManualApproval",
                "CustomerMetadataProperties": {"commit": "c", key: "2026-01-01T00:00:00.000Z"},
            },
        )
        for key in names.DISPLAY_KEYS
    ),
    Attack(
        "register a model that is open for prod",
        "sagemaker",
        "create_model_package",
        {
            "ModelPackageGroupName": "{own}-{own_id}",
            "ModelApprovalStatus": "PendingManualApproval",
            "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
        },
    ),
    Attack(
        "register an approved model",
        "sagemaker",
        "create_model_package",
        {"ModelPackageGroupName": "{own}-{own_id}", "ModelApprovalStatus": "Approved"},
    ),
)
_JOB = "pipelines-{victim_id}-Train"
_TRAINING = {
    "TrainingJobName": _JOB,
    "AlgorithmSpecification": {"TrainingImage": "image", "TrainingInputMode": "File"},
    "RoleArn": ROLE + "mlops-{own_id}-execution",
    "OutputDataConfig": {"S3OutputPath": "s3://mlops-sm-project-{own_id}/x"},
    "ResourceConfig": {
        "InstanceType": "ml.m5.large",
        "InstanceCount": 1,
        "VolumeSizeInGB": 1,
    },
    "StoppingCondition": {"MaxRuntimeInSeconds": 60},
}

ANY_PROJECT_ROLE = (
    *ANY_ROLE,
    *FORGERIES,
    Attack(
        "read what was decided of the victim's model",
        "dynamodb",
        "get_item",
        {**_DECISIONS, "Key": {"ClaimId": {"S": "version {victim_version}"}}},
    ),
    Attack(
        "read which version of the victim is live",
        "dynamodb",
        "get_item",
        {**_DECISIONS, "Key": {"ClaimId": {"S": names.live_item("{victim}-{victim_id}")}}},
    ),
    Attack(
        "read what ran in the own stages",
        "dynamodb",
        "get_item",
        {**_DECISIONS, "Key": {"ClaimId": {"S": "stages {own}-{own_id}"}}},
    ),
    Attack(
        "write what was decided of the own model",
        "dynamodb",
        "put_item",
        {**_DECISIONS, "Item": {"ClaimId": {"S": "version {own_version}"}}},
    ),
    Attack(
        "write which version of the own is live",
        "dynamodb",
        "put_item",
        {**_DECISIONS, "Item": {"ClaimId": {"S": names.live_item("{own}-{own_id}")}}},
    ),
    Attack(
        "read the victim's data",
        "s3",
        "get_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "list the victim's data",
        "s3",
        "list_objects_v2",
        {"Bucket": "mlops-sm-project-{victim_id}"},
    ),
    Attack(
        "change the victim's model",
        "s3",
        "put_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz", "Body": b"worse"},
    ),
    Attack(
        "delete the victim's model",
        "s3",
        "delete_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "open the own bucket",
        "s3",
        "put_bucket_policy",
        {"Bucket": "mlops-sm-project-{own_id}", "Policy": OPEN_TRUST},
    ),
    Attack(
        "read the victim's token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{victim_id}/github-token"},
    ),
    Attack(
        "read the own token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{own_id}/github-token"},
    ),
    Attack(
        "approve the own model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{own_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "approve the victim's model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{victim_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "read about the victim's model",
        "sagemaker",
        "describe_model_package",
        {"ModelPackageName": "{victim_version}"},
    ),
    Attack(
        "run the victim's pipeline",
        "sagemaker",
        "start_pipeline_execution",
        {"PipelineName": "{victim}-{victim_id}"},
    ),
    Attack(
        "change the victim's pipeline",
        "sagemaker",
        "update_pipeline",
        {"PipelineName": "{victim}-{victim_id}", "PipelineDefinition": DEFINITION},
    ),
    Attack(
        "ask the victim's endpoint",
        "sagemaker-runtime",
        "invoke_endpoint",
        {"EndpointName": "{victim}-dev", "Body": b"1"},
    ),
    Attack(
        "delete the victim's endpoint",
        "sagemaker",
        "delete_endpoint",
        {"EndpointName": "{victim}-dev"},
    ),
    Attack(
        "claim the victim's endpoint",
        "sagemaker",
        "add_tags",
        {
            "ResourceArn": "arn:aws:sagemaker:{region}:{account}:endpoint/{victim}-dev",
            "Tags": OWN_TAG_LIST,
        },
    ),
    Attack(
        "claim the victim's scaling",
        "application-autoscaling",
        "tag_resource",
        {
            "ResourceARN": "arn:aws:application-autoscaling:{region}:{account}:scalable-target/1x",
            "Tags": OWN_TAGS,
        },
    ),
    Attack(
        "claim the victim's job",
        "sagemaker",
        "add_tags",
        {
            "ResourceArn": "arn:aws:sagemaker:{region}:{account}:training-job/" + _JOB,
            "Tags": OWN_TAG_LIST,
        },
    ),
    Attack(
        "look at the victim's training",
        "sagemaker",
        "describe_training_job",
        {"TrainingJobName": _JOB},
    ),
    Attack(
        "stop the victim's training", "sagemaker", "stop_training_job", {"TrainingJobName": _JOB}
    ),
    Attack(
        "look at the victim's processing",
        "sagemaker",
        "describe_processing_job",
        {"ProcessingJobName": _JOB},
    ),
    Attack(
        "stop the victim's processing",
        "sagemaker",
        "stop_processing_job",
        {"ProcessingJobName": _JOB},
    ),
    Attack(
        "train in the victim's name",
        "sagemaker",
        "create_training_job",
        {**_TRAINING, "Tags": [{"Key": "sagemaker:project-id", "Value": "{victim_id}"}]},
    ),
    Attack("train in nobody's name", "sagemaker", "create_training_job", _TRAINING),
    Attack(
        "delete the victim's endpoint stack",
        "cloudformation",
        "delete_stack",
        {"StackName": "mlops-{victim_id}-dev"},
    ),
    Attack(
        "delete the victim's project",
        "cloudformation",
        "delete_stack",
        {"StackName": "SC-{account}-pp-victim"},
    ),
    Attack(
        "make a stack as administrator",
        "cloudformation",
        "create_stack",
        {
            "StackName": "mlops-{own_id}-dev",
            "TemplateBody": EMPTY_STACK,
            "RoleARN": ROLE + "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
        },
    ),
    Attack(
        "take the CDK's deploy role",
        "sts",
        "assume_role",
        {
            "RoleArn": ROLE + "cdk-hnb659fds-deploy-role-{account}-{region}",
            "RoleSessionName": "up",
        },
    ),
    Attack(
        "take the CDK's publishing role",
        "sts",
        "assume_role",
        {
            "RoleArn": ROLE + "cdk-hnb659fds-file-publishing-role-{account}-{region}",
            "RoleSessionName": "up",
        },
    ),
    Attack(
        "take the launch role",
        "sts",
        "assume_role",
        {"RoleArn": ROLE + "mlops-sm-project-launch", "RoleSessionName": "up"},
    ),
    Attack(
        "widen the own role",
        "iam",
        "put_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyName": "up", "PolicyDocument": EVERYTHING},
    ),
    Attack(
        "become administrator",
        "iam",
        "attach_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyArn": ADMINISTRATOR},
    ),
    Attack(
        "shed the boundary",
        "iam",
        "delete_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build"},
    ),
    Attack(
        "open the own role",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "make a role",
        "iam",
        "create_role",
        {"RoleName": "mlops-{own_id}-extra", "AssumeRolePolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "run code as the repository function",
        "lambda",
        "invoke",
        {"FunctionName": "mlops-sm-project-repository", "Payload": b"{{}}"},
    ),
    Attack(
        "run code as the dispatch function",
        "lambda",
        "invoke",
        {"FunctionName": "mlops-sm-project-dispatch", "Payload": b"{{}}"},
    ),
    Attack(
        "claim an approval",
        "dynamodb",
        "put_item",
        {"TableName": "mlops-sm-project-approvals", "Item": {"Id": {"S": "x"}}},
    ),
    Attack(
        "forge an approval's event",
        "events",
        "put_events",
        {"Entries": [{"Source": "aws.sagemaker", "DetailType": "x", "Detail": "{{}}"}]},
    ),
    Attack(
        "send events to another repository",
        "ssm",
        "put_parameter",
        {"Name": "/mlops-sm-project/{victim}-{victim_id}", "Value": "x", "Overwrite": True},
    ),
)
