"""A request to S3 without a signature may do what a bucket's policy allows everyone.

MiniStack leaves such a request unchecked.
Source: S3 user guide, "How Amazon S3 authorizes a request" (an anonymous request needs a bucket
policy, or an access control list, that names everyone; the lists are off by default).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from rehearsal.aws.emulator.iam import enforcement
from rehearsal.aws.emulator.iam.enforcement import Judge, Question

_ANONYMOUS = "anonymous"


def apply() -> None:
    """Ask the bucket's policy about everyone."""
    enforcement.judge_first(_judge_for_everyone)


def _judge_for_everyone(question: Question, judge: Judge) -> Any:
    signed = question.access_key_id or iam_evaluator._signed_request.get() is not None
    if question.service != "s3" or signed:
        return judge(question)
    context = iam_evaluator.EvalContext(
        principal_arn=_ANONYMOUS,
        principal_type=_ANONYMOUS,
        principal_account=get_account_id(),
        action=question.iam_action,
        resource_arn=question.resource_arn,
        region=question.region,
        service_context={},
    )
    policy, _ = iam_evaluator._resource_policy("s3", question.resource_arn) or (None, None)
    answer = iam_evaluator.evaluate_resource_policy(policy, context)
    answer.principal_arn = _ANONYMOUS
    return None if answer.decision == "Allow" else answer
