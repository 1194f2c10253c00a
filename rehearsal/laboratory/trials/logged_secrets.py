"""Looks for secrets in everything that servers, functions and runs have logged."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

# Addresses that let whoever has them act: presigned ones, and CloudFormation's for its answers.
_ADDRESSES = {
    "a presigned address": re.compile(r"X-Amz-Signature=|[?&]Signature="),
    "an address for answers to CloudFormation": re.compile(
        r"cloudformation-custom-resource-response|cfn-response/[0-9a-zA-Z-]{8}"
    ),
}
_SHORTEST = 8


def find_secrets(texts: Mapping[str, str], secrets: Iterable[str]) -> list[str]:
    """Name what each text holds that it must not; the secret itself is not repeated.

    Args:
        texts: by the name of the log.
        secrets: values such as tokens; too short ones, which other words contain, are passed over.
    """
    values = {value for value in secrets if len(value) >= _SHORTEST}
    found = []
    for name, text in texts.items():
        if any(value in text for value in values):
            found.append(f"{name} holds a secret value")
        found += [f"{name} holds {what}" for what, form in _ADDRESSES.items() if form.search(text)]
    return found


def read_files(folder: Path, *patterns: str) -> dict[str, str]:
    """Texts of the files below a folder."""
    return {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8", errors="replace")
        for pattern in patterns
        for file in folder.glob(pattern)
        if file.is_file()
    }


def read_log_groups(logs: Any) -> dict[str, str]:
    """Texts of CloudWatch Logs, by group."""
    return {group: "\n".join(_messages(logs, group)) for group in _groups(logs)}


def _groups(logs: Any) -> list[str]:
    pages = logs.get_paginator("describe_log_groups").paginate()
    return [group["logGroupName"] for page in pages for group in page["logGroups"]]


def _messages(logs: Any, group: str) -> Iterator[str]:
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
    for page in pages:
        for event in page["events"]:
            yield event["message"]
