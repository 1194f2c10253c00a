"""The tags that Studio gives what somebody makes in it.

Source: SageMaker developer guide, "Studio … resource tagging": the domain and the user profile.
"""

from rehearsal.conductor.aws_accounts import ACCOUNT, REGION

_PLACE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
_DOMAIN = "d-rehearsal0000"


def studio_tags(profile: str) -> list[dict[str, str]]:
    """Tags of a person's request, in the API's shape."""
    tags = {
        "sagemaker:domain-arn": f"{_PLACE}:domain/{_DOMAIN}",
        "sagemaker:user-profile-arn": f"{_PLACE}:user-profile/{_DOMAIN}/{profile}",
    }
    return [{"Key": key, "Value": value} for key, value in tags.items()]
