"""The daily check's lines are read as it writes them."""

from __future__ import annotations

import itertools
import logging
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deploy_dispatch.project import Project
from github_client.stored_credential import stored_secret
from github_client.token_expiry import WARN_BELOW_DAYS
from mlops_sm_project_template.config import names
from operations.fleet import credentials, daily_look_log, overview
from operations.fleet.credentials import Credential, credentials_of, least_days_left
from token_check import handler, metric

PROJECT = Project("octo", "Rings-build", "Rings-deploy", "deploy.yml", "main", "arn:secret")
GROUP = "Rings-p-abcdefghijkl"
MOMENT = datetime(2026, 11, 27, 3, tzinfo=UTC)
_MILLISECONDS = int(MOMENT.timestamp() * 1000)


@pytest.mark.parametrize("secret", ["arn:secret", stored_secret("Octo")])
@pytest.mark.parametrize(
    ("days", "read"),
    [
        (None, (None, False)),
        (88.4, (88, False)),
        (5.0, (5, False)),
        (0.4, (0, False)),
        (0.0, (None, True)),
    ],
)
def test_a_line_says_how_long_a_token_lasts(
    caplog: pytest.LogCaptureFixture,
    days: float | None,
    read: tuple[int | None, bool],
    secret: str,
) -> None:
    project = replace(PROJECT, token_secret_arn=secret)
    with caplog.at_level(logging.INFO):
        handler._tell_days(f"{names.PROJECT_PARAMETER_PREFIX}{GROUP}", project, days)
    if days is not None and days < WARN_BELOW_DAYS:
        how = "`python -m operations credential add octo`" if secret != "arn:secret" else "update"
        assert how in caplog.messages[0]
    message = f"[INFO]\t2026-11-27T03:00:00.000Z\tid\t{caplog.messages[0]}\n"
    found = credentials_of([{"timestamp": _MILLISECONDS, "message": message}])
    assert found == {GROUP: Credential("octo", *read, MOMENT)}


def test_the_latest_line_counts_and_others_are_passed_over() -> None:
    line = f"project {names.PROJECT_PARAMETER_PREFIX}{GROUP} (octo/Rings-deploy): its GitHub token "
    events = [
        {"timestamp": _MILLISECONDS, "message": f"{line}lasts 7 more days"},
        {"timestamp": _MILLISECONDS - 1, "message": f"{line}lasts 8 more days"},
        {"timestamp": _MILLISECONDS + 1, "message": "project x: the secret cannot be read"},
    ]
    for order in itertools.permutations(events):
        assert credentials_of(order)[GROUP].days_left == 7


def test_the_names_are_the_templates() -> None:
    assert daily_look_log.FUNCTION == names.TOKEN_FUNCTION
    assert (credentials.NAMESPACE, credentials.METRIC) == (
        names.METRIC_NAMESPACE,
        names.DAYS_LEFT_METRIC,
    )
    assert credentials.METRIC == metric.METRIC
    assert overview.WARN_BELOW_DAYS == WARN_BELOW_DAYS
    assert credentials.PREFIX == names.PROJECT_PARAMETER_PREFIX


def test_the_last_measurement_of_all_tokens_counts() -> None:
    class CloudWatch:
        def get_metric_statistics(self, **_: object) -> dict[str, list[dict[str, object]]]:
            earlier = MOMENT.replace(day=26)
            return {
                "Datapoints": [
                    {"Timestamp": MOMENT, "Minimum": 4.0},
                    {"Timestamp": earlier, "Minimum": 5.0},
                ]
            }

    assert least_days_left(CloudWatch(), MOMENT) == 4.0
