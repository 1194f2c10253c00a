"""Service Quotas as a service of MiniStack: a table that nobody changes while it is served.

Imitated: Service Quotas API reference, GetServiceQuota and ListServiceQuotas (2019-06-24).
"""

from __future__ import annotations

from collections.abc import Mapping

from ministack.core.responses import get_account_id, get_region

from rehearsal.aws.quotas.errors import NoSuchQuotaError, QuotaRequestRefusedError
from rehearsal.aws.quotas.known_quotas import QUOTAS, Quota
from rehearsal.aws.sagemaker.paging import take_page
from rehearsal.aws.service_kit.json_service import Api, JsonService
from rehearsal.aws.service_kit.operations import (
    Operation,
    Record,
    RequestContext,
    answers,
    operations_of,
)

_API = Api(
    name="service-quotas",
    signed_as="servicequotas",
    target_prefix="ServiceQuotasV20190624.",
    hosts=r"servicequotas\.",
    refusal=QuotaRequestRefusedError,
    message="Message",
)
_PAGE = 100


class QuotasService(JsonService):
    """The same quotas for every account and region here.

    Args:
        values: by code, instead of those of the table.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        super().__init__(_API, lambda *_: "*")
        self._values = values

    def operation(self, name: str, _request: Record) -> Operation | None:
        """What answers a request."""
        return operations_of(self).get(name)

    @answers("GetServiceQuota")
    def get_service_quota(self, request: Record, _caller: RequestContext) -> Record:
        """One quota of a service, by its code."""
        for quota in self._of_service(request["ServiceCode"]):
            if quota.code == request["QuotaCode"]:
                return {"Quota": self._shown(quota)}
        raise NoSuchQuotaError(f"There is no quota {request['QuotaCode']} of this service.")

    @answers("ListServiceQuotas")
    def list_service_quotas(self, request: Record, _caller: RequestContext) -> Record:
        """All quotas of a service, a page at a time."""
        shown = [self._shown(quota) for quota in self._of_service(request["ServiceCode"])]
        page, more = take_page(shown, request, _PAGE)
        return {"Quotas": page, **more}

    def _of_service(self, code: str) -> list[Quota]:
        found = [quota for quota in QUOTAS.values() if quota.service == code]
        if not found:
            raise NoSuchQuotaError(f"There is no service {code}.")
        return found

    def _shown(self, quota: Quota) -> Record:
        place = f"{get_region()}:{get_account_id()}"
        return {
            "ServiceCode": quota.service,
            "ServiceName": quota.service_name,
            "QuotaArn": f"arn:aws:servicequotas:{place}:{quota.service}/{quota.code}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(self._values.get(quota.code, quota.value)),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }
