"""Behaviour of reading the token."""

import pytest

from github_client.credentials import read_token
from github_client.errors import TokenSecretError, TokenSecretGoneError
from tests.unit.functions.invocation_fakes import SECRET_ARN, Stage


def test_the_token_is_read_without_its_line_end(stage: Stage) -> None:
    stage.expect_token("ghp_abc\n")
    assert read_token(stage.stub("secretsmanager").client, SECRET_ARN) == "ghp_abc"


@pytest.mark.parametrize("bad", [" ", "two words", "ghp_a\nX-Evil: 1", "ghp_ü"])
def test_what_is_no_token_is_refused_without_being_shown(stage: Stage, bad: str) -> None:
    stage.expect_token(bad)
    with pytest.raises(TokenSecretError) as caught:
        read_token(stage.stub("secretsmanager").client, SECRET_ARN)
    assert bad.strip() == "" or bad not in str(caught.value)


def test_a_refusal_is_told_from_a_deleted_secret(stage: Stage) -> None:
    stage.stub("secretsmanager").add_client_error("get_secret_value", "AccessDeniedException")
    with pytest.raises(TokenSecretError, match="AccessDeniedException") as caught:
        read_token(stage.stub("secretsmanager").client, SECRET_ARN)
    assert not isinstance(caught.value, TokenSecretGoneError)
