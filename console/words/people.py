"""Who did something, as people call him."""

import re

_OF_IAM = re.compile(r"arn:[a-z-]+:(?:iam|sts)::\d{12}:(?P<kind>[a-z-]+)/(?P<path>.+)")
_ROOT = re.compile(r"arn:[a-z-]+:iam::\d{12}:root")
_PROFILE = re.compile(r"arn:[a-z-]+:sagemaker:[a-z0-9-]+:\d{12}:user-profile/[^/]+/(?P<name>.+)")


def called(who: str) -> str:
    """The name within an ARN, with what it is if that is not a user; other texts stay."""
    if _ROOT.fullmatch(who):
        return "the account's root user"
    profile = _PROFILE.fullmatch(who)
    if profile is not None:
        return profile["name"]
    found = _OF_IAM.fullmatch(who)
    if found is None:
        return who
    kind, parts = found["kind"], found["path"].split("/")
    if kind == "role":
        return f"role {parts[-1]}"
    if kind == "assumed-role" and len(parts) > 1:
        return f"{'/'.join(parts[1:])} as {parts[0]}"
    return parts[-1]
