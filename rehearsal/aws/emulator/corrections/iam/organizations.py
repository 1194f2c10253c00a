"""An account is in the organization that the server was told of, or in none.

MiniStack makes an organization of its own for each account that asks for one.
Sources: Organizations API reference, DescribeOrganization (any account of the organization may ask;
AWSOrganizationsNotInUseException); IAM user guide, "AWS global condition context keys",
`aws:PrincipalOrgID` (it is there only if the principal is in an organization).
"""

from __future__ import annotations

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import organizations

from rehearsal.aws.emulator.settings import ServerSettings
from rehearsal.aws.emulator.wrapping import wrap

_FEATURES = [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}]


def apply(settings: ServerSettings) -> None:
    """Let conditions and DescribeOrganization know the members of the organization."""
    members = settings.organization_accounts

    def organization_of(_own: Any, account: str) -> str | None:
        return settings.organization if account in members else None

    def describe(_payload: Any) -> Any:
        if get_account_id() not in members:
            message = "Your account is not a member of an organization."
            return organizations.error_response_json(
                "AWSOrganizationsNotInUseException", message, 400
            )
        return organizations._json(200, {"Organization": _described(settings)})

    wrap(organization_of, "_principal_org_id", iam_evaluator)
    organizations._DISPATCH["DescribeOrganization"] = describe


def _described(settings: ServerSettings) -> dict[str, Any]:
    id_, manager = settings.organization, settings.organization_accounts[0]
    arn = f"arn:aws:organizations::{manager}"
    return {
        "Id": id_,
        "Arn": f"{arn}:organization/{id_}",
        "FeatureSet": "ALL",
        "MasterAccountArn": f"{arn}:account/{id_}/{manager}",
        "MasterAccountId": manager,
        "MasterAccountEmail": f"root@{manager}.example.com",
        "AvailablePolicyTypes": _FEATURES,
    }
