"""Which topics alarms can notify, and how others are refused."""

from __future__ import annotations

import pytest

from mlops_sm_project_template.config.alarm_topic import AlarmTopicError, parse_topic

_TOPIC = "arn:aws:sns:eu-west-1:222233334444:team_alarms-1"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        (_TOPIC, "eu-west-1"),
        (f" {_TOPIC} ", "eu-west-1"),
        ("arn:aws-cn:sns:cn-north-1:111122223333:T", "cn-north-1"),
        ("arn:aws-us-gov:sns:us-gov-west-1:111122223333:T", "us-gov-west-1"),
    ],
)
def test_a_topic_of_the_region_is_taken(text: str, region: str) -> None:
    assert parse_topic(text, region=region) == text.strip()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "alarms",
            "is not the ARN of a standard SNS topic, such as arn:aws:sns:eu-west-1:",
        ),
        (f"{_TOPIC}.fifo", "is not the ARN of a standard SNS topic"),
        (f"{_TOPIC},{_TOPIC}", "is not the ARN of a standard SNS topic"),
        (_TOPIC.replace(":sns:", ":sqs:"), "is not the ARN of a standard SNS topic"),
        (
            _TOPIC.replace("eu-west-1", "us-east-1"),
            "is a topic in us-east-1, and alarms of",
        ),
        (
            _TOPIC.replace("arn:aws:", "arn:aws-cn:"),
            "is not in this region's partition; write",
        ),
    ],
)
def test_another_is_refused_with_the_remedy(text: str, said: str) -> None:
    with pytest.raises(AlarmTopicError) as refused:
        parse_topic(text, region="eu-west-1")
    assert said in str(refused.value)
