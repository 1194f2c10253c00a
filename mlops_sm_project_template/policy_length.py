"""Refuses settings of which the policies would be longer than IAM takes them."""

import json
from collections.abc import Sequence

from aws_cdk.region_info import RegionInfo

from mlops_sm_project_template.config import arns
from mlops_sm_project_template.config.settings import Settings, SettingsError
from mlops_sm_project_template.policy_statements import Statement

# IAM's quota for a managed policy, in which white space does not count.
_MOST_CHARACTERS = 6144
# Of a region that the CDK does not know.
_LONGEST_PARTITION = "aws-us-gov"
_LONGEST_SUFFIX = "amazonaws.com.cn"


def check_length(statements: Sequence[Statement], settings: Settings, *given: str) -> None:
    """Refuse a policy that IAM would refuse.

    Args:
        statements: all of the policy.
        settings: of the registration.
        given: the lists among the settings that the policy is made of.

    Raises:
        SettingsError: they do not fit; name less.
    """
    text = json.dumps(_merged(statements), separators=(",", ":"))
    region = RegionInfo.get(settings.aws_region)
    for token, value in (
        (arns.PARTITION, region.partition or _LONGEST_PARTITION),
        (arns.ACCOUNT_ID, settings.aws_account),
        (arns.REGION, settings.aws_region),
        (arns.URL_SUFFIX, region.domain_suffix or _LONGEST_SUFFIX),
    ):
        text = text.replace(token, value)
    length = len('{"Version":"2012-10-17","Statement":}') + len(text)
    if length > _MOST_CHARACTERS:
        names = " with ".join(name.upper() for name in given if getattr(settings, name))
        raise SettingsError(
            f"{names} says too much: a policy of it has {length} of at most {_MOST_CHARACTERS} "
            "characters; name less, such as folders above those of DATA_LOCATIONS, in the "
            "environment or in .env (see .env.example)."
        )


def _merged(statements: Sequence[Statement]) -> list[Statement]:
    """Join what differs in its actions alone, as the CDK does before it writes a policy."""
    merged: dict[str, Statement] = {}
    for statement in statements:
        others = {key: value for key, value in statement.items() if key != "Action"}
        known = merged.setdefault(json.dumps(others), {**others, "Action": []})
        known["Action"] = [*dict.fromkeys([*known["Action"], *statement["Action"]])]
    return list(merged.values())
