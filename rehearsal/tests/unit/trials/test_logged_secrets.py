"""Secrets are found in logs, and not repeated by the one that finds them."""

from pathlib import Path

import pytest

from rehearsal.laboratory.trials.logged_secrets import find_secrets, read_files

TOKEN = "ghp_0123456789"


def test_a_token_is_found_and_not_repeated() -> None:
    (found,) = find_secrets({"a.log": "all is well", "b.log": f"sent {TOKEN} away"}, [TOKEN])
    assert "b.log" in found
    assert TOKEN not in found


@pytest.mark.parametrize(
    "text",
    [
        "GET https://b.s3.amazonaws.com/k?X-Amz-Algorithm=a&X-Amz-Signature=1f",
        "PUT http://127.0.0.1:1/_ministack/cfn-response/01234567-89ab",
        "https://cloudformation-custom-resource-response-euwest1.s3.amazonaws.com/arn",
    ],
)
def test_an_address_that_acts_is_found(text: str) -> None:
    assert len(find_secrets({"a.log": text}, [])) == 1


def test_short_values_and_plain_texts_are_passed_over() -> None:
    assert find_secrets({"a.log": "the main branch"}, ["main", ""]) == []


def test_files_are_read_with_whatever_bytes_they_hold(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_bytes(b"\xff" + TOKEN.encode())
    texts = read_files(tmp_path, "logs/*.log", "none/*")
    assert find_secrets(texts, [TOKEN]) == ["logs/a.log holds a secret value"]
