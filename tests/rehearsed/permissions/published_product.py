"""A product of its own, which the deployed function publishes and removes."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.trials.ground import Ground

_ANSWERS = "registration-answers"
_UPLOADS = f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"
_VERSIONS = names.version_bucket(ACCOUNT, REGION)


class PublishedProduct:
    """Sends the function CloudFormation's requests, and reads its answers.

    The function removes the bucket of the versions with the last product of a distributor, so the
    files of the ground's own product go with this one's.
    """

    def __init__(self, ground: Ground) -> None:
        self._client = ground.world.administrator.client
        self._sent = 0
        s3 = self._client("s3")
        self._before = {
            one["Key"]: s3.get_object(Bucket=_VERSIONS, Key=one["Key"])["Body"].read()
            for one in s3.list_objects_v2(Bucket=_VERSIONS)["Contents"]
        }
        s3.create_bucket(Bucket=_ANSWERS, CreateBucketConfiguration={"LocationConstraint": REGION})

    def publish(self, *, anew: bool) -> dict[str, Any]:
        """Publish the next version; `anew`, without a product and a bucket before."""
        if anew:
            self.remove()
        return self._send("Update", self._next_version())

    def remove(self) -> dict[str, Any]:
        """Remove the product with its files."""
        return self._send("Delete", self._next_version())

    def put_back(self) -> None:
        """Leave the bucket of the versions as it was found."""
        self.publish(anew=True)
        for key, body in self._before.items():
            self._client("s3").put_object(Bucket=_VERSIONS, Key=key, Body=body)

    def leave_an_upload_open(self) -> None:
        """Begin an upload that nobody ends."""
        self._client("s3").create_multipart_upload(Bucket=_VERSIONS, Key="unfinished.zip")

    def _next_version(self) -> dict[str, Any]:
        self._sent += 1
        topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": f"t{self._sent}"}}
        text = json.dumps({"Resources": {"Topic": topic}}).encode()
        key = f"{hashlib.sha256(text).hexdigest()}.json"
        self._client("s3").put_object(Bucket=_UPLOADS, Key=key, Body=text)
        return {
            "Distributor": "mutation/Topic",
            "Name": "A topic",
            "Owner": "us",
            "Description": "A topic",
            "Tags": {},
            "Release": "1.0",
            "TemplateUrl": f"https://s3.{REGION}.amazonaws.com/{_UPLOADS}/{key}",
            "Files": [],
            "Bucket": _VERSIONS,
        }

    def _send(self, kind: str, properties: dict[str, Any]) -> dict[str, Any]:
        place = {"Bucket": _ANSWERS, "Key": f"answer-{self._sent}"}
        request = {
            "RequestType": kind,
            "ResourceType": "Custom::CatalogProduct",
            "ResponseURL": self._client("s3").generate_presigned_url("put_object", Params=place),
            "StackId": "mutation",
            "RequestId": f"request-{self._sent}",
            "LogicalResourceId": "Product",
            "ResourceProperties": properties,
        }
        sent = self._client("lambda").invoke(
            FunctionName=names.VERSIONS_FUNCTION, Payload=json.dumps(request).encode()
        )
        assert "FunctionError" not in sent, sent["Payload"].read()
        answer: dict[str, Any] = json.loads(self._client("s3").get_object(**place)["Body"].read())
        return answer
