"""Names that CloudFormation makes up."""

from __future__ import annotations

import json

import boto3

from rehearsal.tests.emulator.local_aws import LocalAws, allow, policy, wait_for


def test_the_same_stack_in_two_regions_has_two_policies(aws: LocalAws) -> None:
    def made(region: str, action: str) -> str:
        key, secret, _token = aws.root_keys
        cloudformation = boto3.client(
            "cloudformation",
            endpoint_url=aws.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
        )
        document = json.loads(policy(allow(action)))
        resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        template = json.dumps({"Resources": {"Rights": resource}})
        cloudformation.create_stack(
            StackName="twice", TemplateBody=template, Capabilities=["CAPABILITY_IAM"]
        )

        def policy_arn() -> str | None:
            told = cloudformation.describe_stack_resources(StackName="twice")["StackResources"]
            return next((one.get("PhysicalResourceId") for one in told), None)

        return str(wait_for(policy_arn, what="the policy"))

    actions = {"eu-west-1": "s3:GetObject", "us-east-1": "s3:PutObject"}
    arns = {made(region, action): action for region, action in actions.items()}
    assert len(arns) == 2
    iam = aws.client("iam")
    for arn, action in arns.items():
        version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
        assert action in str(version["Document"])
