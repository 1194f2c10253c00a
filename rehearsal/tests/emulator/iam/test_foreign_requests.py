"""Keys and secrets of another account are used by those whom both sides allow it."""

from __future__ import annotations

from typing import Any

from rehearsal.tests.emulator.local_aws import (
    ACCOUNT,
    OTHER_ACCOUNT,
    LocalAws,
    allow,
    let,
    policy,
    refusal,
    unshared,
)

_OWN_ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def _key(aws: LocalAws) -> str:
    return str(aws.client("kms").create_key()["KeyMetadata"]["Arn"])


def _set_key_policy(aws: LocalAws, key: str, *statements: dict[str, Any]) -> None:
    administration = let(_OWN_ROOT, "kms:*", "*")
    aws.client("kms").put_key_policy(KeyId=key, Policy=policy(administration, *statements))


def test_a_key_is_used_across_accounts_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws
) -> None:
    key = _key(aws)
    user, keys = other.session("uses-key", allow(["kms:Encrypt", "kms:Decrypt"], key))
    kms = other.client("kms", keys)
    assert unshared("kms:Encrypt") in refusal(kms.encrypt, KeyId=key, Plaintext=b"p")
    _set_key_policy(aws, key, let({"AWS": user}, ["kms:Encrypt", "kms:Decrypt"], "*"))
    sealed = kms.encrypt(KeyId=key, Plaintext=b"p")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"p"
    _set_key_policy(aws, key)
    assert unshared("kms:Decrypt") in refusal(kms.decrypt, CiphertextBlob=sealed)
    assert aws.client("kms").decrypt(CiphertextBlob=sealed)["Plaintext"] == b"p"


def test_a_secret_is_read_across_accounts_when_both_sides_allow_it(
    aws: LocalAws, other: LocalAws
) -> None:
    secrets = aws.client("secretsmanager")
    arn = secrets.create_secret(Name="of-first", SecretString="hidden")["ARN"]
    _, keys = other.session("reads-secret", allow("secretsmanager:GetSecretValue"))
    read = other.client("secretsmanager", keys).get_secret_value
    assert unshared("secretsmanager:GetSecretValue") in refusal(read, SecretId=arn)
    shared = let({"AWS": OTHER_ACCOUNT}, "secretsmanager:GetSecretValue", "*")
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=policy(shared))
    assert read(SecretId=arn)["SecretString"] == "hidden"
    silent = other.client("secretsmanager", other.session("no-secrets")[1])
    assert "no identity-based policy" in refusal(silent.get_secret_value, SecretId=arn)
