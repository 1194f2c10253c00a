"""What a company sets, as the commands read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from operations.aws_session import Identity
from operations.company_settings import further_roles
from operations.errors import SettingRefusedError

_WHO = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:root")
_ROLE = "arn:aws:iam::111122223333:role/team/B"


def test_further_roles_are_read_as_the_synthesis_reads_them(tmp_path: Path) -> None:
    assert further_roles(_WHO, tmp_path, {}) == ()
    (tmp_path / ".env").write_text(f"STUDIO_ROLES={_ROLE}, {_ROLE}2\n", encoding="utf-8")
    assert further_roles(_WHO, tmp_path, {}) == (_ROLE, f"{_ROLE}2")
    assert further_roles(_WHO, tmp_path, {"STUDIO_ROLES": _ROLE}) == (_ROLE,)


@pytest.mark.parametrize("text", ["B", _ROLE.replace("1111", "4444"), f"{_ROLE},{_ROLE}"])
def test_a_role_that_cannot_be_registered_is_refused_in_one_sentence(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(SettingRefusedError) as refused:
        further_roles(_WHO, tmp_path, {"STUDIO_ROLES": text})
    said = str(refused.value)
    assert said.startswith("STUDIO_ROLES is refused: ")
    assert said.endswith("; correct it in the environment or in .env.")
    assert "\n" not in said
