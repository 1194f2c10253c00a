"""Conditions and Organizations agree on who is in the organization."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import ACCOUNT, OTHER_ACCOUNT, LocalAws, allow, let, refusal
from rehearsal.tests.emulator.shared_bucket import SharedBucket

_ID = "o-0123456789"


@pytest.fixture(scope="module", params=[f"{ACCOUNT}", f"{ACCOUNT},{OTHER_ACCOUNT}", ""])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[LocalAws, str]]:
    """A server with its members, and who they are."""
    options = ("--organization", f"{_ID}={request.param}") if request.param else ()
    made = LocalAws(tmp_path_factory.mktemp("organization") / "state", options=options).start()
    yield made, request.param
    assert made.stop() == 0


def test_who_is_a_member_is_let_in_and_knows_it(server: tuple[LocalAws, str]) -> None:
    aws, members = server
    other = aws.of_account(OTHER_ACCOUNT)
    bucket = SharedBucket.make(aws, "for-the-organization")
    everyone = let("*", "s3:GetObject", bucket.objects)
    bucket.share({**everyone, "Condition": {"StringEquals": {"aws:PrincipalOrgID": _ID}}})
    for account, client in ((ACCOUNT, aws), (OTHER_ACCOUNT, other)):
        _, keys = client.session("reader", allow("s3:GetObject"))
        s3, organizations = client.client("s3", keys), client.client("organizations")
        if account in members:
            told = organizations.describe_organization()["Organization"]
            assert (told["Id"], told["MasterAccountId"]) == (_ID, ACCOUNT)
            s3.get_object(Bucket=bucket.name, Key="there")
            continue
        with pytest.raises(ClientError, match="AWSOrganizationsNotInUseException"):
            organizations.describe_organization()
        if account == OTHER_ACCOUNT:
            assert "s3:GetObject" in refusal(s3.get_object, Bucket=bucket.name, Key="there")
