"""The settings of a synthesis, in the environment and in `.env`, as the template reads them."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from mlops_sm_project_template.config.settings import Settings, SettingsError
from operations.aws_session import Identity
from operations.findings import Finding

ABOUT = "settings"
_ENV_FILE = Path(__file__).resolve().parents[2] / ".env"


def look_at_settings(identity: Identity, env_file: Path = _ENV_FILE) -> Iterator[Finding]:
    """Read them; account and region, which the workflow has as secrets, may be left out."""
    wrong = _wrong(identity, env_file)
    if wrong:
        yield Finding("fails", ABOUT, wrong)
        return
    try:
        settings = Settings.load(env_file)
    except SettingsError as error:
        yield Finding("note", ABOUT, f"Only a registration by hand needs this: {error}")
        return
    for name, given, known in (
        ("AWS_ACCOUNT", settings.aws_account, identity.account),
        ("AWS_REGION", settings.aws_region, identity.region),
    ):
        if given != known:
            yield Finding(
                "fails",
                ABOUT,
                f"{name} is {given}, but the credentials are for {known}; correct it in .env or "
                "choose another AWS_PROFILE.",
            )
            return
    yield Finding("ok", ABOUT, "The settings of the template can be read.")


def _wrong(identity: Identity, env_file: Path) -> str:
    """What is wrong with the settings apart from account and region; empty if nothing is."""
    try:
        Settings(
            aws_account=identity.account,
            aws_region=identity.region,
            _env_file=env_file,  # type: ignore[call-arg]  # read by pydantic-settings
        )
    except ValidationError:
        pass
    else:
        return ""
    try:
        Settings.load(env_file)
    except SettingsError as error:
        return str(error)
    return ""
