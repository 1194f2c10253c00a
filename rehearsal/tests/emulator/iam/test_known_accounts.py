"""Accounts that the server was not told of do not exist."""

from __future__ import annotations

from rehearsal.tests.emulator.local_aws import ROOT_SECRET, LocalAws, refusal


def test_an_account_that_was_not_named_does_not_exist(aws: LocalAws) -> None:
    keys = ("999999999999", ROOT_SECRET, None)
    said = refusal(aws.client("sts", keys).get_caller_identity)
    assert "InvalidClientTokenId" in said
