"""The settings: what is accepted, what follows from them, and how a refusal reads."""

from pathlib import Path

import pydantic
import pytest

from mlops_sm_project_template.config.settings import Settings, SettingsError

_NAMES = (
    "ALARM_TOPIC_ARN",
    "AWS_ACCOUNT",
    "AWS_REGION",
    "BOOTSTRAP_QUALIFIER",
    "DATA_LOCATIONS",
    "GITHUB_READ_TIMEOUT_SECONDS",
    "GITHUB_SERVER_URL",
    "IMAGE_REPOSITORIES",
    "JOBS_SECURITY_GROUPS",
    "JOBS_SUBNETS",
    "ENDPOINT_SECURITY_GROUPS",
    "ENDPOINT_SUBNETS",
    "KMS_KEY",
    "OPENID_CONNECT_ISSUER",
    "PERMISSIONS_BOUNDARY",
    "ROLE_PATH",
    "ROLE_PREFIX",
    "PRINCIPAL_ORG_ID",
    "TAGS",
    "BUDGET_TOPIC_ARN",
    "STUDIO_ROLES",
)


@pytest.fixture
def env_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for `.env`, and an environment without any of the settings."""
    for name in _NAMES:
        monkeypatch.delenv(name, raising=False)
    return tmp_path / ".env"


def _load(env_file: Path, text: str) -> Settings:
    env_file.write_text(text, encoding="utf-8")
    return Settings.load(env_file)


def test_env_file_is_read(env_file: Path) -> None:
    settings = _load(env_file, "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n")
    assert (settings.aws_account, settings.aws_region) == ("111122223333", "eu-west-1")


def test_environment_wins_over_env_file(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "us-gov-west-1")
    settings = _load(env_file, "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n")
    assert settings.aws_region == "us-gov-west-1"


def test_env_file_need_not_exist(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCOUNT", "111122223333")
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert Settings.load(env_file).aws_account == "111122223333"


def test_settings_do_not_change(env_file: Path) -> None:
    settings = _load(env_file, "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n")
    with pytest.raises(pydantic.ValidationError):
        settings.aws_region = "us-east-1"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("AWS_REGION=eu-west-1\n", "AWS_ACCOUNT is missing"),
        ("AWS_ACCOUNT=111122223333\n", "AWS_REGION is missing"),
        ("AWS_ACCOUNT=\nAWS_REGION=eu-west-1\n", "AWS_ACCOUNT is missing"),
        ("AWS_ACCOUNT=12345\nAWS_REGION=eu-west-1\n", "AWS_ACCOUNT is '12345'"),
        ("AWS_ACCOUNT=111122223333\nAWS_REGION=Ireland\n", "AWS_REGION is 'Ireland'"),
    ],
)
def test_refusal_is_one_sentence_with_the_setting_and_the_remedy(
    env_file: Path, text: str, named: str
) -> None:
    with pytest.raises(SettingsError) as refusal:
        _load(env_file, text)
    message = str(refusal.value)
    assert named in message
    assert message.endswith("in the environment or in .env (see .env.example).")
    assert "\n" not in message


def test_refusal_names_every_wrong_setting(env_file: Path) -> None:
    with pytest.raises(SettingsError, match=r"AWS_ACCOUNT is missing .*; AWS_REGION is 'x'"):
        _load(env_file, "AWS_REGION=x\n")


@pytest.mark.parametrize(
    "url",
    [
        "github.example.com",
        "http://github.example.com",
        "https://github.example.com/team",
        "https://user@github.example.com",
        "https://github.example.com?x=1",
        "ftp://github.example.com",
        "https://",
    ],
)
def test_github_address_must_be_plain_https(env_file: Path, url: str) -> None:
    text = f"AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\nGITHUB_SERVER_URL={url}\n"
    with pytest.raises(SettingsError, match="GITHUB_SERVER_URL is"):
        _load(env_file, text)


@pytest.mark.parametrize(
    ("url", "api", "issuer"),
    [
        ("", "https://api.github.com", "token.actions.githubusercontent.com"),
        ("https://github.com/", "https://api.github.com", "token.actions.githubusercontent.com"),
        (
            "https://github.example.com",
            "https://github.example.com/api/v3",
            "github.example.com/_services/token",
        ),
        (
            "https://Acme.ghe.com",
            "https://api.acme.ghe.com",
            "token.actions.acme.ghe.com",
        ),
        (
            "http://127.0.0.1:8080",
            "http://127.0.0.1:8080/api/v3",
            "127.0.0.1:8080/_services/token",
        ),
    ],
)
def test_github_addresses_follow_from_the_server(
    env_file: Path, url: str, api: str, issuer: str
) -> None:
    text = f"AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\nGITHUB_SERVER_URL={url}\n"
    settings = _load(env_file, text)
    assert (settings.github.api_url, settings.github.issuer) == (api, issuer)


@pytest.mark.parametrize("seconds", ["0", "-3", "61", "2.5", "nan", "soon", "1e1", "12 s"])
def test_read_timeout_must_be_one_to_sixty_whole_seconds(env_file: Path, seconds: str) -> None:
    text = "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n"
    with pytest.raises(SettingsError) as refusal:
        _load(env_file, f"{text}GITHUB_READ_TIMEOUT_SECONDS={seconds}\n")
    message = str(refusal.value)
    assert f"GITHUB_READ_TIMEOUT_SECONDS is '{seconds}' but must be how many" in message
    assert "from 1 to 60" in message
    assert "\n" not in message


@pytest.mark.parametrize(("said", "seconds"), [("", None), ("1", 1), ("60", 60)])
def test_read_timeout_may_be_left_to_the_functions(
    env_file: Path, said: str, seconds: int | None
) -> None:
    text = "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n"
    settings = _load(env_file, f"{text}GITHUB_READ_TIMEOUT_SECONDS={said}\n")
    assert settings.github_read_timeout_seconds == seconds


def test_an_enterprise_may_have_an_issuer_of_its_own(env_file: Path) -> None:
    place = "AWS_ACCOUNT=111122223333\nAWS_REGION=eu-west-1\n"
    issuer = "token.actions.githubusercontent.com/acme"
    github = _load(env_file, f"{place}OPENID_CONNECT_ISSUER={issuer}\n").github
    assert (github.issuer, github.is_github_com) == (issuer, True)
    assert not github.hands_over_all_claims
    assert _load(env_file, place).github.hands_over_all_claims
    with pytest.raises(SettingsError, match=r"^OPENID_CONNECT_ISSUER is 'https://.+ without https"):
        _load(env_file, f"{place}OPENID_CONNECT_ISSUER=https://{issuer}\n")


def test_example_file_lists_every_setting() -> None:
    example = (Path(__file__).parents[3] / ".env.example").read_text(encoding="utf-8")
    assert {name.upper() for name in Settings.model_fields} == set(_NAMES)
    for name in _NAMES:
        assert f"{name}=" in example
