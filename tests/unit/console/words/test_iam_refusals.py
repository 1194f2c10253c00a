"""Whatever AWS wraps its refusals into, who may not do what on what, and why, is told apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.words.iam_refusals import IamRefusal, find_refusals

ROLE = "arn:aws:sts::111122223333:assumed-role/mlops-p-aa5f7o0tywm8-execution/SageMaker"
USER = "arn:aws:iam::111122223333:user/team/model-reviewer"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/eb98f009-90ad-4233-9407-fe866c4c9aa9"
NO_IDENTITY = "because no identity-based policy allows the {} action"

WORDINGS = {
    "identity-based, implicit": (
        f"User: {USER} is not authorized to perform: sagemaker:ListProjects on resource: * "
        "because no identity-based policy allows the sagemaker:ListProjects action",
        [
            IamRefusal(
                USER, "sagemaker:ListProjects", "*", NO_IDENTITY.format("sagemaker:ListProjects")
            )
        ],
    ),
    "no resource": (
        f"User: {USER} is not authorized to perform: codecommit:ListRepositories because no "
        "session policy allows the codecommit:ListRepositories action",
        [
            IamRefusal(
                USER,
                "codecommit:ListRepositories",
                "",
                "because no session policy allows the codecommit:ListRepositories action",
            )
        ],
    ),
    "permissions boundary, implicit": (
        f"User: {ROLE} is not authorized to perform: iam:PassRole on resource: "
        "arn:aws:iam::111122223333:role/x because no permissions boundary allows the iam:PassRole "
        "action",
        [
            IamRefusal(
                ROLE,
                "iam:PassRole",
                "arn:aws:iam::111122223333:role/x",
                "because no permissions boundary allows the iam:PassRole action",
            )
        ],
    ),
    "permissions boundary, explicit": (
        f"An error occurred (AccessDenied) when calling the CreateUser operation: User: {USER} is "
        "not authorized to perform: iam:CreateUser on resource: arn:aws:iam::111122223333:user/new "
        "with an explicit deny in a permissions boundary",
        [
            IamRefusal(
                USER,
                "iam:CreateUser",
                "arn:aws:iam::111122223333:user/new",
                "with an explicit deny in a permissions boundary",
            )
        ],
    ),
    "a policy that is named": (
        f"User: {USER} is not authorized to perform: sns:Publish on resource: arn:aws:sns:a:1:b "
        "with an explicit deny in an identity-based policy: "
        "arn:aws:iam::111122223333:policy/no.sns. Ask your administrator.",
        [
            IamRefusal(
                USER,
                "sns:Publish",
                "arn:aws:sns:a:1:b",
                "with an explicit deny in an identity-based policy: "
                "arn:aws:iam::111122223333:policy/no.sns",
            )
        ],
    ),
    "service control policy": (
        f"User: {USER} is not authorized to perform: ec2:RunInstances with an explicit deny in a "
        "service control policy",
        [
            IamRefusal(
                USER, "ec2:RunInstances", "", "with an explicit deny in a service control policy"
            )
        ],
    ),
    "organization's policy that is named": (
        f"User: {USER} is not authorized to perform: sqs:receivemessage on resource: "
        "arn:aws:sqs:a:1:b with an explicit deny in a service control policy: "
        "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1",
        [
            IamRefusal(
                USER,
                "sqs:receivemessage",
                "arn:aws:sqs:a:1:b",
                "with an explicit deny in a service control policy: "
                "arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1",
            )
        ],
    ),
    "an old one, with the service's remark": (
        f"User: {ROLE} is not authorized to perform: lambda:InvokeFunction on resource: "
        "arn:aws:lambda:a:1:function:f with an explicit deny (Service: AWSLambda; Status Code: "
        "403; Error Code: AccessDeniedException; Request ID: 07)",
        [
            IamRefusal(
                ROLE,
                "lambda:InvokeFunction",
                "arn:aws:lambda:a:1:function:f",
                "with an explicit deny",
            )
        ],
    ),
    "S3, quoted resource": (
        f"Error: User: {ROLE} is not authorized to perform: s3:GetObject on resource: "
        '"arn:aws:s3:::company-lake/a b.csv" because no resource-based policy allows the '
        "s3:GetObject action",
        [
            IamRefusal(
                ROLE,
                "s3:GetObject",
                "arn:aws:s3:::company-lake/a b.csv",
                "because no resource-based policy allows the s3:GetObject action",
            )
        ],
    ),
    "EC2, encoded message": (
        "You are not authorized to perform this operation. "
        f"User: {ROLE} is not authorized to perform: ec2:CreateNetworkInterface on resource: "
        "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1 because no identity-based policy "
        "allows the ec2:CreateNetworkInterface action. Encoded authorization failure message: Ab-d",
        [
            IamRefusal(
                ROLE,
                "ec2:CreateNetworkInterface",
                "arn:aws:ec2:eu-west-1:111122223333:subnet/subnet-1",
                NO_IDENTITY.format("ec2:CreateNetworkInterface"),
            )
        ],
    ),
    "KMS, no key named": (
        f"User: {ROLE} is not authorized to perform: kms:Decrypt on the resource associated with "
        "this ciphertext because the resource does not exist in this Region, no resource-based "
        "policies allow access, or a resource-based policy explicitly denies access",
        [
            IamRefusal(
                ROLE,
                "kms:Decrypt",
                "associated with this ciphertext",
                "because the resource does not exist in this Region, no resource-based policies "
                "allow access, or a resource-based policy explicitly denies access",
            )
        ],
    ),
    "CloudFormation around a service": (
        f'Resource handler returned message: "User: {USER} is not authorized to perform: '
        f"kms:CreateGrant on resource: {KEY} because no identity-based policy allows the "
        'kms:CreateGrant action (Service: Kms, Status Code: 400, Request ID: 1)" (RequestToken: 2, '
        "HandlerErrorCode: AccessDenied)",
        [IamRefusal(USER, "kms:CreateGrant", KEY, NO_IDENTITY.format("kms:CreateGrant"))],
    ),
    "a service, and no word resource": (
        "events.amazonaws.com is not authorized to perform: lambda:InvokeFunction on "
        "arn:aws:lambda:eu-west-1:111122223333:function:f.",
        [
            IamRefusal(
                "events.amazonaws.com",
                "lambda:InvokeFunction",
                "arn:aws:lambda:eu-west-1:111122223333:function:f",
            )
        ],
    ),
    "several, one of them twice": (
        f"User: {USER} is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::a\n"
        f"User: {USER} is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::a/*; "
        f"User: {USER} is not authorized to perform: s3:ListBucket on resource: arn:aws:s3:::a",
        [
            IamRefusal(USER, "s3:ListBucket", "arn:aws:s3:::a"),
            IamRefusal(USER, "s3:GetObject", "arn:aws:s3:::a/*"),
        ],
    ),
    "none": ("You are not authorized to perform this operation.", []),
    "no action": (f"User: {USER} is not authorized to perform: it.", []),
    "nobody": (" is not authorized to perform: s3:GetObject", []),
}


@pytest.mark.parametrize("wording", WORDINGS)
def test_each_wording_is_told_apart(wording: str) -> None:
    text, refusals = WORDINGS[wording]
    assert find_refusals(text) == refusals


@given(st.text(), st.sampled_from([text for text, _ in WORDINGS.values()]), st.text())
def test_no_text_around_it_raises(before: str, wording: str, after: str) -> None:
    for found in find_refusals(before + wording + after):
        assert found.principal
        assert ":" in found.action


@pytest.mark.parametrize(
    "text",
    [
        "x" * 300_000,
        " is not authorized to perform: " * 10_000,
        "x is not authorized to perform: s3:GetObject on resource: " * 5_000,
        "x is not authorized to perform: s3:GetObject because " + ". " * 100_000,
    ],
)
def test_a_long_text_takes_no_longer_than_it_is(text: str) -> None:
    began = time.process_time()
    find_refusals(text)
    assert time.process_time() - began < 2
