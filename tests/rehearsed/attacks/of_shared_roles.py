"""What the functions that serve every project, and the registration workflow, may not do."""

from tests.rehearsed.attacks.attack import (
    ADMINISTRATOR,
    ANY_ROLE,
    EMPTY_STACK,
    EVERYTHING,
    OPEN_TRUST,
    ROLE,
    Attack,
)

_CDK_EXECUTION_ROLE = ROLE + "cdk-hnb659fds-cfn-exec-role-{account}-{region}"
_TOKEN = "mlops-sm-project/{victim_id}/github-token"  # the name of a secret
READ_TOKEN = Attack("read a token", "secretsmanager", "get_secret_value", {"SecretId": _TOKEN})

# Who holds the credentials of any of these roles may not widen them, nor touch a model.
ANY_SHARED_ROLE = (
    *ANY_ROLE,
    Attack(
        "open the launch role",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-sm-project-launch", "PolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "widen a role of a project",
        "iam",
        "put_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyName": "up", "PolicyDocument": EVERYTHING},
    ),
    Attack(
        "make a role of a project administrator",
        "iam",
        "attach_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyArn": ADMINISTRATOR},
    ),
    Attack(
        "change the boundary",
        "iam",
        "create_policy_version",
        {
            "PolicyArn": "arn:aws:iam::{account}:policy/mlops-sm-project-boundary",
            "PolicyDocument": EVERYTHING,
            "SetAsDefault": True,
        },
    ),
    Attack(
        "take the launch role",
        "sts",
        "assume_role",
        {"RoleArn": ROLE + "mlops-sm-project-launch", "RoleSessionName": "up"},
    ),
    Attack(
        "take a role of a project",
        "sts",
        "assume_role",
        {"RoleArn": ROLE + "mlops-{victim_id}-deploy-dev", "RoleSessionName": "up"},
    ),
    Attack(
        "make a stack as administrator",
        "cloudformation",
        "create_stack",
        {
            "StackName": "mlops-{own_id}-dev",
            "TemplateBody": EMPTY_STACK,
            "RoleARN": _CDK_EXECUTION_ROLE,
        },
    ),
    Attack(
        "let another role launch the product",
        "servicecatalog",
        "create_constraint",
        {
            "PortfolioId": "port-x",
            "ProductId": "{product}",
            "Type": "LAUNCH",
            "Parameters": '{"RoleArn": "any"}',
            "IdempotencyToken": "bad",
        },
    ),
    Attack(
        "launch the product",
        "servicecatalog",
        "provision_product",
        {
            "ProductId": "{product}",
            "ProvisioningArtifactId": "{version}",
            "ProvisionedProductName": "bad",
            "ProvisionToken": "bad",
        },
    ),
    Attack(
        "change the code of a function",
        "lambda",
        "update_function_code",
        {"FunctionName": "mlops-sm-project-repository", "ZipFile": b"bad"},
    ),
    Attack(
        "read a project's data",
        "s3",
        "get_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "change a project's model",
        "s3",
        "put_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz", "Body": b"worse"},
    ),
    Attack(
        "approve a model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{victim_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "run a project's pipeline",
        "sagemaker",
        "start_pipeline_execution",
        {"PipelineName": "{victim}-{victim_id}"},
    ),
    Attack(
        "ask a project's endpoint",
        "sagemaker-runtime",
        "invoke_endpoint",
        {"EndpointName": "{victim}-dev", "Body": b"1"},
    ),
    Attack(
        "write a project's token",
        "secretsmanager",
        "put_secret_value",
        {"SecretId": _TOKEN, "SecretString": "another"},
    ),
    Attack(
        "send events to another repository",
        "ssm",
        "put_parameter",
        {"Name": "/mlops-sm-project/{victim}-{victim_id}", "Value": "x", "Overwrite": True},
    ),
    Attack(
        "delete a project's model",
        "s3",
        "delete_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "delete a project",
        "cloudformation",
        "delete_stack",
        {"StackName": "SC-{account}-pp-victim"},
    ),
    Attack("delete an endpoint", "sagemaker", "delete_endpoint", {"EndpointName": "{victim}-dev"}),
    Attack(
        "claim an approval",
        "dynamodb",
        "put_item",
        {"TableName": "mlops-sm-project-approvals", "Item": {"Id": {"S": "x"}}},
    ),
    Attack(
        "read a secret that is no token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "another-team"},
    ),
    Attack(
        "take CloudFormation's role of the CDK",
        "sts",
        "assume_role",
        {"RoleArn": _CDK_EXECUTION_ROLE, "RoleSessionName": "up"},
    ),
    READ_TOKEN,
)
# By role, what is its work and so no attack by it.
WORK = {
    "repository function": {"read a seed bundle", READ_TOKEN.aim},
    "data function": {"delete a project's model"},
    "dispatch function": {"claim an approval", READ_TOKEN.aim},
    "tokens function": {READ_TOKEN.aim},
    "versions function": {
        "read a seed bundle",
        "poison a seed bundle",
        "put a template into the product",
        "delete a version that projects use",
    },
    "registration": set(),
}
