"""How long an answer of GitHub is waited for."""

import pytest

from github_client.errors import GitHubError
from github_client.read_timeout import VARIABLE, read_timeout_seconds


@pytest.mark.parametrize(
    ("environment", "seconds"),
    [({}, 12), ({VARIABLE: ""}, 12), ({VARIABLE: "1"}, 1), ({VARIABLE: "60"}, 60)],
)
def test_it_is_a_setting_with_a_default(environment: dict[str, str], seconds: float) -> None:
    assert read_timeout_seconds(environment) == seconds


@pytest.mark.parametrize("said", ["0", "0.9", "60.1", "-12", "nan", "inf", "soon"])
def test_nonsense_is_refused_in_one_sentence(said: str) -> None:
    with pytest.raises(GitHubError) as refused:
        read_timeout_seconds({VARIABLE: said})
    assert str(refused.value) == (
        f"GITHUB_READ_TIMEOUT_SECONDS is '{said}' but must be a number of seconds from 1 to 60; "
        "correct it and deploy the template again."
    )
