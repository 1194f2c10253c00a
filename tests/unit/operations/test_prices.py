"""One price file, which says nothing else than those that ship elsewhere."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from operations.aws_session import Identity
from operations.prices import Price, load_prices
from operations.registration.command import _costs
from operations.registration.costs import idle_costs
from project_data import monthly_cost

_ROOT = Path(__file__).resolve().parents[3]


def test_every_price_has_its_source_and_the_file_its_date() -> None:
    prices = load_prices()
    assert date.fromisoformat(prices.date)
    for _, one in prices:
        if isinstance(one, Price):
            assert one.source.startswith("https://aws.amazon.com/")


def test_what_ships_elsewhere_says_the_same() -> None:
    prices = load_prices()
    file = _ROOT / "seed_code" / "deploy_app" / "config" / "prices.yml"
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    shipped = told["regions"][prices.region]
    assert told["date"] == prices.date
    assert shipped["alarm_month"] == prices.alarm_month.usd
    assert shipped["key_month"] == prices.kms_key_month.usd == monthly_cost.KEY_DOLLARS
    assert shipped["secret_month"] == prices.secret_month.usd
    assert prices.s3_gb_month.usd == monthly_cost.STORAGE_DOLLARS_PER_GB


@pytest.mark.parametrize(
    ("kms_key", "stored", "once", "each"),
    [
        ("", False, 1.01, 1.40),
        ("shared", False, 2.01, 0.40),
        ("arn:aws:kms:eu-west-1:111122223333:key/1", False, 1.01, 0.40),
        ("", True, 1.01, 1.00),
        ("shared", True, 2.01, 0.0),
    ],
)
def test_a_registration_and_a_project_cost_what_is_told(
    kms_key: str, stored: bool, once: float, each: float
) -> None:
    registration, project = idle_costs(load_prices(), kms_key=kms_key, stored_credential=stored)
    assert (registration.usd, project.usd) == (once, each)
    assert registration.in_words().startswith(f"registration ${once:.2f} a month (10 alarms $1.00")
    assert project.in_words().startswith(f"each project ${each:.2f} a month")


def test_a_registration_reads_the_key_as_the_synthesis_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:user/anna")
    setting: Any = SimpleNamespace(identity=identity, folder=tmp_path)
    for said, meant in ((" shared ", "shared"), ("  ", "")):
        monkeypatch.setenv("KMS_KEY", said)
        assert _costs(setting) == idle_costs(load_prices(), kms_key=meant)


def test_an_idle_project_that_shares_key_and_credential_costs_ten_cents_at_most() -> None:
    """What it holds: the seed's models and data take some megabytes, and nothing else is paid."""
    prices = load_prices()
    _, project = idle_costs(prices, kms_key="shared", stored_credential=True)
    a_gigabyte = prices.s3_gb_month.usd + prices.log_gb_month.usd
    assert project.usd + a_gigabyte <= 0.10


def test_the_documents_say_what_a_project_costs() -> None:
    prices = load_prices()
    _, project = idle_costs(prices)
    text = " ".join((_ROOT / "docs" / "operator.md").read_text(encoding="utf-8").split())
    (told,) = re.findall(r"A project that nobody asks anything costs \$([\d.]+) a month", text)
    assert float(told) == project.usd
    for price in (prices.s3_gb_month, prices.log_gb_month, prices.table_gb_month):
        assert f"| ${price.usd} for each GB" in text
