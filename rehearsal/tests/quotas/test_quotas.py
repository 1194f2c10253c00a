"""Service Quotas of the local AWS."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.aws.quotas.known_quotas import QUOTAS
from rehearsal.tests.emulator.local_aws import LocalAws, allow, refusal


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAws]:
    options = ("--quota", "L-611FA074=0")
    server = LocalAws(tmp_path_factory.mktemp("quotas") / "state", options=options).start()
    yield server
    assert server.stop() == 0


def test_quotas_are_listed_in_pages_with_the_values_that_the_server_was_given(
    aws: LocalAws,
) -> None:
    pages = (
        aws.client("service-quotas")
        .get_paginator("list_service_quotas")
        .paginate(ServiceCode="sagemaker", PaginationConfig={"PageSize": 2})
    )
    listed = {quota["QuotaCode"]: quota["Value"] for page in pages for quota in page["Quotas"]}
    usual = {code: one.value for code, one in QUOTAS.items() if one.service == "sagemaker"}
    assert listed == {**usual, "L-611FA074": 0}


def test_one_quota_is_told_by_its_code(aws: LocalAws) -> None:
    client = aws.client("service-quotas")
    quota = client.get_service_quota(ServiceCode="kms", QuotaCode="L-C2F1777E")["Quota"]
    assert (quota["QuotaName"], quota["Value"]) == ("KMS keys", 100_000)
    for service, code in (("kms", "L-611FA074"), ("nothing", "L-C2F1777E")):
        said = refusal(client.get_service_quota, ServiceCode=service, QuotaCode=code)
        assert "(NoSuchResourceException)" in said


def test_policies_name_the_service_as_signatures_do(aws: LocalAws) -> None:
    client = aws.client("service-quotas", aws.user("reads", allow("servicequotas:GetServiceQuota")))
    assert client.get_service_quota(ServiceCode="kms", QuotaCode="L-C2F1777E")
    said = refusal(client.list_service_quotas, ServiceCode="kms")
    assert "servicequotas:ListServiceQuotas" in said
