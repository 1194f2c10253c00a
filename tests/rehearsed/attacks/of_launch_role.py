"""What Service Catalog may not do with the role that launches projects."""

from mlops_sm_project_template.config import names
from tests.rehearsed.attacks.attack import (
    ADMINISTRATOR,
    ANY_ROLE,
    EMPTY_STACK,
    EVERYTHING,
    OPEN_TRUST,
    ROLE,
    Attack,
)

LAUNCH_ROLE = (
    *ANY_ROLE,
    Attack(
        "make a role without the boundary",
        "iam",
        "create_role",
        {"RoleName": "mlops-{own_id}-build", "AssumeRolePolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "make a role with another boundary",
        "iam",
        "create_role",
        {
            "RoleName": "mlops-{own_id}-build",
            "AssumeRolePolicyDocument": OPEN_TRUST,
            "PermissionsBoundary": ADMINISTRATOR,
        },
    ),
    Attack(
        "make a role of another name",
        "iam",
        "create_role",
        {
            "RoleName": "back-door",
            "AssumeRolePolicyDocument": OPEN_TRUST,
            "PermissionsBoundary": "{boundary}",
        },
    ),
    Attack(
        "shed a role's boundary",
        "iam",
        "delete_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build"},
    ),
    Attack(
        "change a role's boundary",
        "iam",
        "put_role_permissions_boundary",
        {"RoleName": "mlops-{own_id}-build", "PermissionsBoundary": ADMINISTRATOR},
    ),
    *(
        Attack(
            f"change the policy {boundary} itself",
            "iam",
            "create_policy_version",
            {
                "PolicyArn": f"arn:aws:iam::{{account}}:policy/{boundary}",
                "PolicyDocument": EVERYTHING,
                "SetAsDefault": True,
            },
        )
        for boundary in names.BOUNDARIES
    ),
    Attack(
        "make a role administrator",
        "iam",
        "attach_role_policy",
        {"RoleName": "mlops-{own_id}-build", "PolicyArn": ADMINISTRATOR},
    ),
    Attack(
        "widen itself",
        "iam",
        "put_role_policy",
        {"RoleName": "mlops-sm-project-launch", "PolicyName": "up", "PolicyDocument": EVERYTHING},
    ),
    Attack(
        "open itself",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-sm-project-launch", "PolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "open the registration role",
        "iam",
        "update_assume_role_policy",
        {"RoleName": "mlops-sm-project-registration", "PolicyDocument": OPEN_TRUST},
    ),
    Attack(
        "open the CDK's execution role",
        "iam",
        "update_assume_role_policy",
        {
            "RoleName": "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
            "PolicyDocument": OPEN_TRUST,
        },
    ),
    Attack("make a key for a user", "iam", "create_access_key", {"UserName": "data-scientist"}),
    Attack(
        "make a stack as administrator",
        "cloudformation",
        "create_stack",
        {
            "StackName": "SC-{account}-pp-up",
            "TemplateBody": EMPTY_STACK,
            "RoleARN": ROLE + "cdk-hnb659fds-cfn-exec-role-{account}-{region}",
        },
    ),
    Attack(
        "read a token",
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "mlops-sm-project/{victim_id}/github-token"},
    ),
    Attack(
        "read data",
        "s3",
        "get_object",
        {"Bucket": "mlops-sm-project-{victim_id}", "Key": "model.tar.gz"},
    ),
    Attack(
        "approve a model",
        "sagemaker",
        "update_model_package",
        {"ModelPackageArn": "{victim_version}", "ModelApprovalStatus": "Approved"},
    ),
    Attack(
        "change the code of a function",
        "lambda",
        "update_function_code",
        {"FunctionName": "mlops-sm-project-repository", "ZipFile": b"bad"},
    ),
)
