"""Behaviour of `Custom::ProjectKey`: a project has the key under which its objects lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from project_data.encryption_key import FoundKey, KeyRequest, Registered, choose_key
from project_data.errors import KeyRefusedError
from project_data.handler import handle_request
from tests.unit.functions.invocation_fakes import FakeContext, World, custom_resource_event

BUCKET = "mlops-sm-project-p-0123456789ab"
ALIAS = f"alias/{BUCKET}"
OWN, FIRST, SECOND = (f"arn:aws:kms:eu-west-1:111122223333:key/{name}" for name in "ofs")
FOUND = (None, FoundKey("own", OWN), FoundKey("shared", FIRST), FoundKey("shared", SECOND))
REGISTERED = (
    Registered("", ""),
    Registered("shared", FIRST),
    Registered("shared", SECOND),
    Registered(SECOND, SECOND),
)


def _request(wanted: str = "shared", registered: str = "shared", accounts: str = "") -> KeyRequest:
    return KeyRequest(BUCKET, wanted, registered, accounts)


@given(
    st.sampled_from(["shared", "own"]),
    st.sampled_from(["shared", FIRST, SECOND]),
    st.sampled_from(REGISTERED),
    st.sampled_from(FOUND),
    st.sampled_from(["", "111122223333"]),
)
def test_no_project_ever_gets_another_key_than_it_has(
    wanted: str, setting: str, registered: Registered, has: FoundKey | None, accounts: str
) -> None:
    try:
        key = choose_key(_request(wanted, setting, accounts), registered, has)
    except KeyRefusedError:
        return
    assert key.kind == wanted
    assert key.arn
    assert has in (None, key)
    if has is None:
        assert (key.kind, key.arn) == ("shared", registered.named_by(setting))


@given(st.sampled_from(REGISTERED), st.sampled_from(REGISTERED[1:]), st.sampled_from(FOUND[1:]))
def test_a_rollback_always_gets_back_what_was(
    before: Registered, after: Registered, has: FoundKey
) -> None:
    """Whatever the registration says by then, the version before may have the key that it had."""
    setting = before.setting or "shared"
    if has.kind == "shared" and before.named_by(setting) not in ("", has.arn):
        return  # it never had that key by that version
    if after.setting == setting == "shared" and has.kind == "shared" and after.arn != has.arn:
        return  # a registration that was removed made another key: the project is told so
    assert choose_key(_request(has.kind, setting), after, has) == has


@pytest.mark.parametrize(
    ("request_", "registered", "has", "sentence"),
    [
        (_request(), REGISTERED[1], FOUND[1], "update it with EncryptionKey=own."),
        (_request("own"), REGISTERED[1], FOUND[2], "update it with EncryptionKey=shared."),
        (_request(), REGISTERED[2], FOUND[2], f"register the template with KMS_KEY={FIRST} first."),
        (_request("own"), REGISTERED[1], None, "launch it with EncryptionKey=shared."),
        (_request(), REGISTERED[0], None, "launch the newest version."),
        (_request(accounts="1"), REGISTERED[1], FOUND[2], "or leave out the accounts."),
    ],
)
def test_a_refusal_names_the_remedy(
    request_: KeyRequest, registered: Registered, has: FoundKey | None, sentence: str
) -> None:
    with pytest.raises(KeyRefusedError) as caught:
        choose_key(request_, registered, has)
    assert str(caught.value).endswith(sentence)


def _run(world: World, kind: str, physical_id: str = "", **changed: str) -> dict[str, Any]:
    properties = {
        "BucketName": BUCKET,
        "EncryptionKey": "shared",
        "KmsKey": "shared",
        "StageAccounts": "",
        **changed,
    }
    more = {"PhysicalResourceId": physical_id} if physical_id else {}
    event = custom_resource_event(kind, "Custom::ProjectKey", properties, **more)
    tools = replace(world.tools(), environment={"KMS_KEY": "shared", "KMS_KEY_ARN": FIRST})
    handle_request(event, FakeContext(300), tools)
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


def _bucket_has(world: World, key: str, *aliases: str) -> None:
    _encrypted_with(world, key)
    world.stub("kms").add_response(
        "list_aliases", {"Aliases": [{"AliasName": name} for name in aliases]}, {"KeyId": key}
    )


def _encrypted_with(world: World, key: str) -> None:
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    }
    world.stub("s3").add_response(
        "get_bucket_encryption",
        {"ServerSideEncryptionConfiguration": {"Rules": [rule]}},
        {"Bucket": BUCKET},
    )


def test_a_new_project_gets_the_key_of_the_registration(world: World) -> None:
    world.stub("s3").add_client_error("get_bucket_encryption", "NoSuchBucket")
    answer = _run(world, "Create")
    assert (answer["Status"], answer["Data"]) == ("SUCCESS", {"KeyArn": FIRST})
    assert answer["PhysicalResourceId"] == f"project-key:shared:{FIRST}"


def test_an_older_project_is_asked_what_its_bucket_has(world: World) -> None:
    _bucket_has(world, OWN, "alias/other", ALIAS)
    assert "EncryptionKey=own" in _run(world, "Create")["Reason"]
    _bucket_has(world, OWN, ALIAS)
    answer = _run(world, "Create", EncryptionKey="own")
    assert answer["PhysicalResourceId"] == f"project-key:own:{OWN}"


def test_a_key_of_another_account_is_nobodys_own(world: World) -> None:
    _bucket_has(world, FIRST)
    assert _run(world, "Create")["Status"] == "SUCCESS"


def test_what_s3_does_not_tell_is_not_guessed(world: World) -> None:
    world.stub("s3").add_client_error("get_bucket_encryption", "AccessDenied", "no right")
    answer = _run(world, "Create")
    assert (answer["Status"], "no right): do the same again." in answer["Reason"]) == (
        "FAILED",
        True,
    )


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("AccessDeniedException", "FAILED"),
        ("NotFoundException", "SUCCESS"),
        ("InvalidArnException", "SUCCESS"),
    ],
)
def test_a_key_that_kms_does_not_know_here_is_not_the_projects_own(
    world: World, code: str, status: str
) -> None:
    _encrypted_with(world, FIRST)
    world.stub("kms").add_client_error("list_aliases", code, "no right")
    assert _run(world, "Create")["Status"] == status


def test_an_update_asks_nobody_and_keeps_what_was_answered(world: World) -> None:
    before = f"project-key:own:{OWN}"
    refused = _run(world, "Update", before)
    assert (refused["Status"], refused["PhysicalResourceId"]) == ("FAILED", before)
    kept = _run(world, "Update", before, EncryptionKey="own")
    assert (kept["Status"], kept["Data"], kept["PhysicalResourceId"]) == (
        "SUCCESS",
        {"KeyArn": OWN},
        before,
    )


@pytest.mark.parametrize("physical_id", [f"project-key:shared:{FIRST}", f"project-key:{BUCKET}"])
def test_a_deletion_touches_no_key(world: World, physical_id: str) -> None:
    assert _run(world, "Delete", physical_id)["Status"] == "SUCCESS"
