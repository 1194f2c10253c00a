"""What was found is kept in `.env`; every other line of it stays."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from operations.company_settings import read_settings
from operations.registration.settings_file_step import SettingsFileStep

_FOUND = {
    "STUDIO_DOMAINS": "science,risk",
    "STUDIO_ROLES": "arn:aws:iam::111122223333:role/a+b=c@d",
}
_OLD = "# mine\nTAGS=a=b c\nSTUDIO_ROLES=old\nSTUDIO_DOMAINS=\n"


@dataclass
class _Setting:
    folder: Path
    found_settings: dict[str, str]


@pytest.mark.parametrize("text", ["", _OLD, None])
def test_it_writes_what_differs_once(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / ".env").write_text(text, encoding="utf-8")
    setting: Any = _Setting(tmp_path, _FOUND)
    step = SettingsFileStep(setting)
    assert step.look() == "write STUDIO_DOMAINS, STUDIO_ROLES into .env"
    step.do()
    assert step.look() == ""
    kept = (tmp_path / ".env").read_text(encoding="utf-8")
    assert kept.startswith((text or "").partition("STUDIO")[0])
    expected = _FOUND | ({"TAGS": "a=b c"} if text else {})
    assert read_settings(tmp_path, {}) == expected
