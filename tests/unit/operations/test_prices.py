"""One price file, which says nothing else than those that ship elsewhere."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from operations.prices import Price, load_prices
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


@pytest.mark.parametrize(("shared_key", "dollars"), [(False, "1.40"), (True, "0.40")])
def test_a_registration_and_a_project_cost_what_is_told(shared_key: bool, dollars: str) -> None:
    registration, project = idle_costs(load_prices(), shared_key=shared_key)
    assert registration.in_words().startswith("registration $1.01 a month (10 alarms $1.00, the ")
    assert project.in_words().startswith(f"each project ${dollars} a month (its secret $0.40")
    assert project.as_dict()["monthly_usd"] == float(dollars)


def test_the_documents_say_what_a_project_costs() -> None:
    prices = load_prices()
    _, project = idle_costs(prices, shared_key=False)
    text = " ".join((_ROOT / "docs" / "operator.md").read_text(encoding="utf-8").split())
    (told,) = re.findall(r"A project that nobody asks anything costs \$([\d.]+) a month", text)
    assert float(told) == project.usd
    for price in (prices.s3_gb_month, prices.log_gb_month, prices.table_gb_month):
        assert f"| ${price.usd} for each GB" in text
