"""What IAM refused, read from whatever text AWS wrapped its sentence into.

Source: "Troubleshoot access denied error messages" of the IAM user guide, and the wordings of
single services: S3 quotes the resource, KMS may not name it, Lambda leaves a word out, EC2 puts a
sentence before and an encoded message behind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = " is not authorized to perform: "
_LONGEST = 2048
_ACTION = re.compile(r"[A-Za-z0-9-]{1,63}:[A-Za-z0-9*]{1,128}")
_RESOURCE = re.compile(
    r"""\ on\ (?:
        the\ resource\ (?P<described>associated\ with\ this\ ciphertext)
        | (?:the\ )?resource:?\ (?:"(?P<quoted>[^"\n]{1,2048})"|(?P<named>[^\s"']{1,2048}))
        | (?P<bare>arn:[^\s"']{1,2048})
    )""",
    re.VERBOSE,
)
_REASON = re.compile(r",?\.? ?(?P<reason>(?:because|with an explicit deny) [^\n\r\"]{1,1000})")
# What services write behind the reason.
_BEHIND = re.compile(r"\. |\.?$| \((?:Service|Request|Handler)|; | Status Code: |\.?\)| User: ")
_AROUND = ".,;:)('\"[]"


@dataclass(frozen=True)
class IamRefusal:
    """One thing that somebody may not do.

    Args:
        principal: ARN, or the name of a service.
        action: such as `s3:GetObject`.
        resource: ARN, or what AWS calls it; empty if none is named.
        reason: which policy denies it, or does not allow it; empty if that is not told.
    """

    principal: str
    action: str
    resource: str = ""
    reason: str = ""


def find_refusals(text: str) -> list[IamRefusal]:
    """All that a text tells, each once, in its order."""
    return list(dict.fromkeys(_found(text)))


def _found(text: str) -> Iterator[IamRefusal]:
    start = text.find(_MARK)
    while start >= 0:
        rest = text[start + len(_MARK) : start + len(_MARK) + 2 * _LONGEST]
        principal = _last_word(text[max(0, start - _LONGEST) : start])
        action = _ACTION.match(rest)
        if principal and action:
            yield _refusal(principal, action.group(), rest[action.end() :])
        start = text.find(_MARK, start + 1)


def _last_word(text: str) -> str:
    words = text.split()
    return words[-1].strip(_AROUND) if words else ""


def _refusal(principal: str, action: str, rest: str) -> IamRefusal:
    resource = ""
    found = _RESOURCE.match(rest)
    if found is not None:
        resource = found["described"] or found["quoted"] or _bare(found)
        rest = rest[found.end() :]
    told = _REASON.match(rest)
    return IamRefusal(principal, action, resource, _cut(told["reason"]) if told else "")


def _bare(found: re.Match[str]) -> str:
    return str(found["named"] or found["bare"]).rstrip(_AROUND)


def _cut(reason: str) -> str:
    end = _BEHIND.search(reason)
    return reason[: end.start() if end else None].strip()
