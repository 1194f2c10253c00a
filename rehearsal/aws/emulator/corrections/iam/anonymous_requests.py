"""A request to S3 without a signature may do what a bucket's policy allows everyone.

MiniStack leaves such a request unchecked.
Source: S3 user guide, "How Amazon S3 authorizes a request" (an anonymous request needs a bucket
policy, or an access control list, that names everyone; the lists are off by default).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

_ANONYMOUS = "anonymous"


def apply() -> None:
    """Ask the bucket's policy about everyone."""
    enforce = iam_evaluator.enforce

    def enforce_for_everyone(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        signed = access_key_id or iam_evaluator._signed_request.get() is not None
        if service != "s3" or signed:
            return enforce(
                access_key_id, iam_action, service, region, resource_arn, service_context
            )
        question = iam_evaluator.EvalContext(
            principal_arn=_ANONYMOUS,
            principal_type=_ANONYMOUS,
            principal_account=get_account_id(),
            action=iam_action,
            resource_arn=resource_arn,
            region=region,
            service_context={},
        )
        policy, _ = iam_evaluator._resource_policy("s3", resource_arn) or (None, None)
        answer = iam_evaluator.evaluate_resource_policy(policy, question)
        answer.principal_arn = _ANONYMOUS
        return None if answer.decision == "Allow" else answer

    iam_evaluator.enforce = enforce_for_everyone
