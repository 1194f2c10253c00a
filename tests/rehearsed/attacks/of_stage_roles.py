"""What nobody may do to a stage with the roles of another stage of the same project."""

from tests.rehearsed.attacks.attack import EMPTY_STACK, OWN_TAG_LIST, ROLE, Attack

_REPORT = {"DetailType": "Stage Deployment Report", "Detail": "{{}}"}

ANOTHER_STAGE = (
    Attack(
        "delete the stack of prod",
        "cloudformation",
        "delete_stack",
        {"StackName": "mlops-{own_id}-prod"},
    ),
    Attack(
        "change the stack of prod",
        "cloudformation",
        "update_stack",
        {"StackName": "mlops-{own_id}-prod", "TemplateBody": EMPTY_STACK},
    ),
    Attack(
        "make the own stack as prod",
        "cloudformation",
        "create_stack",
        {
            "StackName": "mlops-{own_id}-dev",
            "TemplateBody": EMPTY_STACK,
            "RoleARN": ROLE + "mlops-{own_id}-cloudformation-prod",
        },
    ),
    Attack(
        "take the role of prod",
        "sts",
        "assume_role",
        {"RoleArn": ROLE + "mlops-{own_id}-deploy-prod", "RoleSessionName": "up"},
    ),
    Attack(
        "ask the endpoint of prod",
        "sagemaker-runtime",
        "invoke_endpoint",
        {"EndpointName": "{own}-prod", "Body": b"1"},
    ),
    Attack(
        "delete the endpoint of prod",
        "sagemaker",
        "delete_endpoint",
        {"EndpointName": "{own}-prod"},
    ),
    Attack(
        "claim the endpoint of prod",
        "sagemaker",
        "add_tags",
        {
            "ResourceArn": "arn:aws:sagemaker:{region}:{account}:endpoint/{own}-prod",
            "Tags": OWN_TAG_LIST,
        },
    ),
    Attack(
        "change the alarm of prod",
        "cloudwatch",
        "delete_alarms",
        {"AlarmNames": ["mlops-{own_id}-prod-errors"]},
    ),
    Attack(
        "report as prod",
        "events",
        "put_events",
        {"Entries": [{"Source": "mlops-sm-project.{own_id}.prod", **_REPORT}]},
    ),
    Attack(
        "report as the victim",
        "events",
        "put_events",
        {"Entries": [{"Source": "mlops-sm-project.{victim_id}.dev", **_REPORT}]},
    ),
    Attack(
        "open a stage for the own model",
        "sagemaker",
        "update_model_package",
        {
            "ModelPackageArn": "{own_version}",
            "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
        },
    ),
    Attack(
        "write who approved the own model",
        "sagemaker",
        "update_model_package",
        {
            "ModelPackageArn": "{own_version}",
            "CustomerMetadataProperties": {"approved-by-prod": "somebody"},
        },
    ),
)
