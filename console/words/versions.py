"""Versions by their numbers, where AWS and the workflows write ARNs."""

import re

from console.words.shown import sentence

_ARN = re.compile(
    r"arn:[a-z-]{1,20}:sagemaker:[a-z0-9-]{1,30}:\d{12}:model-package/[A-Za-z0-9-]{1,128}/(\d{1,9})"
)
_NO_NAMES = ("version ", "the ", "a ")


def number_of(arn: str) -> str:
    """The number of a version; empty if the text is no ARN of one."""
    found = _ARN.fullmatch(arn)
    return found[1] if found else ""


def with_numbers(text: str) -> str:
    """The text with `version 3` in place of the ARN of a version."""
    return _ARN.sub(r"version \1", text)


def version(arn: str) -> str:
    """A version within a sentence."""
    return with_numbers(arn) or "nothing"


def at_the_beginning(text: str) -> str:
    """The sentence with a capital letter, unless a name stands there."""
    return sentence(text) if text.startswith(_NO_NAMES) else text
