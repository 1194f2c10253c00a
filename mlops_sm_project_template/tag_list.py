"""Tags in the form of a raw resource, to which the CDK adds none by itself."""

from collections.abc import Mapping


def tag_list(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Give each tag as CloudFormation's Tag, with Key and Value."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]
