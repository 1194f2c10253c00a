"""The settings files of the local GitHub are what it accepts."""

import json
from pathlib import Path

from rehearsal.conductor.github_setup import DATA_SCIENTIST, GitHubSetup
from rehearsal.github.core.settings import read_accounts


def _accounts(tmp_path: Path, setup: GitHubSetup) -> dict[str, object]:
    file = tmp_path / "accounts.json"
    file.write_text(json.dumps(setup.accounts(setup.new_tokens())), encoding="utf-8")
    return {token.login: token.expires_at for token in read_accounts(file).tokens}


def test_every_user_has_a_token_that_does_not_expire(tmp_path: Path) -> None:
    expiries = _accounts(tmp_path, GitHubSetup())
    assert DATA_SCIENTIST in expiries
    assert set(expiries.values()) == {None}


def test_a_token_expires_when_it_is_told_to(tmp_path: Path) -> None:
    setup = GitHubSetup(expires_at={DATA_SCIENTIST: "2026-12-01T10:00:00+00:00"})
    (expiry,) = filter(None, _accounts(tmp_path, setup).values())
    assert "2026-12-01" in str(expiry)


def test_githubs_own_limits_need_no_argument() -> None:
    assert GitHubSetup().arguments() == []
    assert GitHubSetup(content_limit="0,0").arguments() == ["--content-limit", "0,0"]
