"""Buckets of other accounts: IAM has judged the request, so S3 serves it in the owner's account.

MiniStack asks the bucket's policy about the caller's account only, never about the role that asks,
and looks up tags and encryption in the caller's account.
Sources: S3 user guide, "Bucket owner granting cross-account bucket permissions" and "Controlling
ownership of objects" (access control lists, which could also let an account in, are off by default;
here they let in nobody).
"""

from __future__ import annotations

import contextvars
from typing import Any
from urllib.parse import unquote

from ministack.core import iam_actions
from ministack.core.responses import get_account_id
from ministack.services import s3

from rehearsal.aws.emulator.iam import enforcement, resource_owners
from rehearsal.aws.emulator.iam.enforcement import Judge, Question
from rehearsal.aws.emulator.wrapping import wrap

_PREFIX = "arn:aws:s3:::"
# Buckets on which IAM has allowed what the present request asks for.
_granted: contextvars.ContextVar[frozenset[str]] = contextvars.ContextVar(
    "granted", default=frozenset()
)


def apply() -> None:
    """Note what IAM allows, let S3 rely on it, and look up conditions where the bucket is."""
    enforcement.judge_first(_judge_and_note)
    wrap(_foreign_bucket_allows, "_foreign_bucket_allows", s3)
    wrap(_service_context, "s3_service_context", iam_actions)


def _foreign_bucket_allows(is_open: Any, owner: str, bucket: str, *about: Any) -> bool:
    _key, _method, _query, caller, *_headers = about
    return bucket in _granted.get() if caller else bool(is_open(owner, bucket, *about))


def _service_context(context_of: Any, action: str, query: Any, path: str, *rest: Any) -> Any:
    bucket = _PREFIX + unquote(path).strip("/").partition("/")[0]
    if not resource_owners.is_foreign(bucket, get_account_id()):
        return context_of(action, query, path, *rest)
    with resource_owners.in_account_of(bucket):
        return context_of(action, query, path, *rest)


def _judge_and_note(question: Question, judge: Judge) -> Any:
    denied = judge(question)
    if denied is None and question.resource_arn.startswith(_PREFIX):
        bucket = question.resource_arn.removeprefix(_PREFIX).partition("/")[0]
        _granted.set(_granted.get() | {bucket})
    return denied
