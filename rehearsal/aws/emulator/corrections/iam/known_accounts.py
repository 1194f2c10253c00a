"""An account that the server was not told of does not exist.

MiniStack takes any twelve digits for the access key of an account's root user.
"""

from __future__ import annotations

import re
from typing import Any

from ministack.core import iam_evaluator

from rehearsal.aws.emulator.iam import resource_owners
from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.emulator.wrapping import wrap

_ACCOUNT = re.compile(r"\d{12}")
# AWS's registries of its own images are open to every account for this.
_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)
_OPEN_REGISTRY = {
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": list(_PULL), "Resource": "*"}]
}


def apply(settings: ServerSettings) -> None:
    """Refuse keys of other accounts; image repositories of accounts elsewhere are AWS's own."""

    def resolve_credential(resolve: Any, access_key_id: str, *rest: Any, **named: Any) -> Any:
        is_root = _ACCOUNT.fullmatch(access_key_id or "") is not None
        if is_root and access_key_id not in settings.accounts:
            return iam_evaluator._unknown_access_key()
        return resolve(access_key_id, *rest, **named)

    def policy_of_repository(arn: str) -> Any:
        is_ours = resource_owners.owner_of(arn) in settings.accounts
        return None if is_ours else _OPEN_REGISTRY

    wrap(resolve_credential, "resolve_credential", iam_evaluator)
    resource_owners.tell_policies("ecr", policy_of_repository)
