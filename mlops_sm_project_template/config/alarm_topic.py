"""The SNS topic that hears of alarms and stages, as the setting `ALARM_TOPIC_ARN` names it.

It may be of another account, whose policy lets this one publish, but of no other region: CloudWatch
notifies topics of its own.
"""

import re

from mlops_sm_project_template.config.partitions import check_partition, partition_of
from mlops_sm_project_template.config.refused_values import RefusedValueError

_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:(?P<region>[a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}")


class AlarmTopicError(RefusedValueError):
    """It is no topic that alarms of this region can notify; the message names the remedy."""


def parse_topic(text: str, *, region: str) -> str:
    """Read the setting.

    Raises:
        AlarmTopicError: it is not what the module says; correct it.
    """
    arn = text.strip()
    found = _TOPIC.fullmatch(arn)
    if found is None:
        raise AlarmTopicError(
            f"{arn!r} is not the ARN of a standard SNS topic, such as "
            f"arn:{partition_of(region)}:sns:{region}:111122223333:NAME"
        )
    if found["region"] != region:
        raise AlarmTopicError(
            f"{arn} is a topic in {found['region']}, and alarms of {region} notify no other "
            f"region's; name one in {region}"
        )
    check_partition(arn, region, AlarmTopicError)
    return arn
