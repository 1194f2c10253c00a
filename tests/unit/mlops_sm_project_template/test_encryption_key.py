"""The key that new projects have: what is read, and what is refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_sm_project_template.config.encryption_key import EncryptionKeyError, parse_key
from mlops_sm_project_template.config.settings import Settings, SettingsError

_ARN = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-0000-4000-8000-000000000000"
_WHERE = {"account": "111122223333", "region": "eu-west-1"}


def _load(tmp_path: Path, **values: str) -> Settings:
    lines = {"AWS_ACCOUNT": "111122223333", "AWS_REGION": "eu-west-1", **values}
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    return Settings.load(file)


@pytest.mark.parametrize(("text", "key"), [("shared", "shared"), (f" {_ARN} ", _ARN), (" ", "")])
def test_the_setting_is_shared_or_a_key(tmp_path: Path, text: str, key: str) -> None:
    assert _load(tmp_path, KMS_KEY=text).kms_key == key
    assert _load(tmp_path).kms_key == ""


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("own", "'own' is neither shared nor the ARN of a key, such as arn:aws:kms:eu-west-1:"),
        (_ARN.replace("key/", "alias/"), "is an alias, whose key may change; name the key itself"),
        (_ARN.replace("aws:kms", "aws-cn:kms"), "not in this region's partition; write arn:aws:…"),
        (_ARN.replace("eu-west-1", "eu-west-2"), "is a key of eu-west-2, but projects are in"),
        (_ARN.replace("1111", "9999"), "is a key of account 999922223333, but people in Studio"),
    ],
)
def test_another_key_is_refused_in_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        _load(tmp_path, KMS_KEY=text)
    assert str(caught.value).startswith("KMS_KEY is refused: ")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=120) | st.from_regex(r"arn:aws:kms:eu-west-1:111122223333:.*"))
def test_whatever_is_taken_is_shared_or_the_arn_of_one_key(text: str) -> None:
    try:
        key = parse_key(text, **_WHERE)
    except EncryptionKeyError:
        return
    assert key == "shared" or key.startswith("arn:aws:kms:eu-west-1:111122223333:key/")
    assert not {"*", "?", "$", " ", ","} & set(key)
