"""OpenID providers of a template."""

from __future__ import annotations

import json
from typing import Any

from rehearsal.tests.emulator.local_aws import ACCOUNT, LocalAws


def test_a_provider_is_made_changed_replaced_and_deleted(aws: LocalAws) -> None:
    cloudformation, iam = aws.client("cloudformation"), aws.client("iam")

    def provider(url: str, *audiences: str) -> dict[str, Any]:
        tags = [{"Key": "owner", "Value": "me"}]
        properties = {"Url": url, "ClientIdList": list(audiences), "Tags": tags}
        return {"P": {"Type": "AWS::IAM::OIDCProvider", "Properties": properties}}

    def update(resources: dict[str, Any]) -> None:
        body = json.dumps({"Resources": resources})
        cloudformation.update_stack(StackName="provider", TemplateBody=body)
        assert aws.settled("provider")["StackStatus"] == "UPDATE_COMPLETE"

    def arns() -> list[str]:
        listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        return [entry["Arn"] for entry in listed if "of-template" in entry["Arn"]]

    aws.stack("provider", provider("https://first.of-template.example", "a"))
    first = f"arn:aws:iam::{ACCOUNT}:oidc-provider/first.of-template.example"
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=first)
    assert found["ClientIDList"] == ["a"]
    assert {"Key": "owner", "Value": "me"} in found["Tags"]
    update(provider("https://first.of-template.example", "a", "b"))
    found = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=first)
    assert found["ClientIDList"] == ["a", "b"]
    update(provider("https://second.of-template.example", "a"))
    assert arns() == [first.replace("first", "second")]
    assert aws.delete_stack("provider") == "DELETE_COMPLETE"
    assert arns() == []
