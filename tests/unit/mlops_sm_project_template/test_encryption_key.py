"""The key that new projects have: what is read, and what is refused in one sentence."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import example, find, given
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


# What may be taken and what may not lie close together here, so that both are tried.
_NEARLY = (
    r"\s?(shared|arn:aws:kms:eu-west-1:111122223333:(key|alias)/"
    r"[a-zA-Z0-9/_-]{1,36}([*?$,]| \w|\w|))\s?"
)
_TEXTS = st.text(max_size=120) | st.from_regex(_NEARLY, fullmatch=True)
_KEYS = "arn:aws:kms:eu-west-1:111122223333:key/"
_OF_AN_ID = frozenset(f"{string.ascii_letters}{string.digits}/_-")


def _taken(text: str) -> str | None:
    try:
        return parse_key(text, **_WHERE)
    except EncryptionKeyError:
        return None


@given(_TEXTS)
@example(f"{_KEYS}a*")
def test_only_shared_and_the_arn_of_one_key_are_taken(text: str) -> None:
    said = text.strip()
    key_id = said.removeprefix(_KEYS)
    is_arn = said.startswith(_KEYS) and key_id != "" and _OF_AN_ID.issuperset(key_id)
    assert _taken(text) == (said if is_arn or said == "shared" else None)


@pytest.mark.parametrize("key", [None, "shared", "ARN"])
def test_the_property_sees_what_is_refused_and_what_is_taken(key: str | None) -> None:
    def is_seen(text: str) -> bool:
        taken = _taken(text)
        return ("ARN" if taken and taken != "shared" else taken) == key

    assert is_seen(find(_TEXTS, is_seen))
