"""The settings are read as the template reads them, and held to the credentials."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlops_sm_project_template.config.settings import Settings
from operations.aws_session import Identity
from operations.doctor.template_settings import look_at_settings

WHO = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:user/a")
PLACE = "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n"


@pytest.mark.parametrize(
    ("text", "level", "words"),
    [
        (PLACE, "ok", "can be read"),
        ("", "note", "AWS_ACCOUNT is missing"),
        ("AWS_ACCOUNT=12\nAWS_REGION=eu-west-1\n", "note", "AWS_ACCOUNT is '12' but must be"),
        (
            PLACE.replace("1111", "9999"),
            "fails",
            "AWS_ACCOUNT is 999922223333, but the credentials",
        ),
        (PLACE.replace("eu-west", "us-west"), "fails", "AWS_REGION is us-west-1"),
        ("GITHUB_SERVER_URL=https://x.example.com/path\n", "fails", "GITHUB_SERVER_URL is"),
        (f"{PLACE}GITHUB_READ_TIMEOUT_SECONDS=0\n", "fails", "GITHUB_READ_TIMEOUT_SECONDS is"),
        (f"{PLACE}DATA_LOCATIONS=s3://x\n", "fails", "DATA_LOCATIONS is refused"),
        (f"{PLACE}IMAGE_REPOSITORIES=x\n", "fails", "IMAGE_REPOSITORIES is refused"),
        (f"{PLACE}ALARM_TOPIC_ARN=x\n", "fails", "ALARM_TOPIC_ARN is refused"),
        (f"{PLACE}TAGS=x\n", "fails", "TAGS is refused"),
        (f"{PLACE}BUDGET_TOPIC_ARN=x\n", "fails", "BUDGET_TOPIC_ARN is refused"),
        (f"{PLACE}JOBS_SUBNETS=x\n", "fails", "JOBS_SUBNETS is refused"),
        (f"{PLACE}ENDPOINT_SUBNETS=x\n", "fails", "ENDPOINT_SUBNETS is refused"),
        (f"{PLACE}KMS_KEY=alias/x\n", "fails", "KMS_KEY is refused"),
        (f"{PLACE}PRINCIPAL_ORG_ID=ou-x\n", "fails", "PRINCIPAL_ORG_ID is 'ou-x' but"),
        (f"{PLACE}STUDIO_ROLES=x\n", "fails", "STUDIO_ROLES is refused"),
        (f"{PLACE}JOBS_SUBNETS=subnet-0123456789abcdef0\n", "fails", "JOBS_SECURITY_GROUPS is"),
    ],
)
def test_settings(
    text: str, level: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    file = tmp_path / ".env"
    file.write_text(text)
    (found,) = look_at_settings(WHO, file)
    assert found.level == level
    assert words in found.sentence
