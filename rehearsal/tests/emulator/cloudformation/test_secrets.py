"""Secrets of a template."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import LocalAws


def test_the_reference_of_a_secret_is_its_arn(aws: LocalAws) -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "a"}}
    outputs = {"Outputs": {"Ref": {"Value": {"Ref": "Secret"}}}}
    stack = aws.stack("secret", {"Secret": secret}, template=outputs)
    arn = stack["Outputs"][0]["OutputValue"]
    assert arn.startswith("arn:aws:secretsmanager:")
    value = aws.client("secretsmanager").get_secret_value(SecretId=arn)
    assert value["SecretString"] == "a"
    assert aws.delete_stack("secret") == "DELETE_COMPLETE"
    with pytest.raises(ClientError, match="ResourceNotFound"):
        aws.client("secretsmanager").get_secret_value(SecretId=arn)
