"""Tags of a stack."""

from __future__ import annotations

from rehearsal.tests.emulator.local_aws import LocalAws


def test_stack_tags_reach_the_resources(aws: LocalAws) -> None:
    resources = {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "tagged-by-stack"}},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "tagged"}},
    }
    aws.stack("tagged", resources, Tags=[{"Key": "sagemaker:project-id", "Value": "p-1"}])
    s3_tags = aws.client("s3").get_bucket_tagging(Bucket="tagged-by-stack")["TagSet"]
    assert {"Key": "sagemaker:project-id", "Value": "p-1"} in s3_tags
    sqs = aws.client("sqs")
    url = sqs.get_queue_url(QueueName="tagged")["QueueUrl"]
    assert sqs.list_queue_tags(QueueUrl=url)["Tags"]["sagemaker:project-id"] == "p-1"
