"""Every page has an address that the tests with a browser open."""

from __future__ import annotations

import pytest

from console.pages.addresses import ACTIONS, ADDRESSES
from tests.console.examples import FORMS, example_of


@pytest.mark.parametrize("address", [address for address, _ in ADDRESSES])
def test_every_address_has_an_example(address: str) -> None:
    assert "{" not in example_of(address)


def test_every_form_is_sent() -> None:
    assert {form.action for form in FORMS} == {address for address, _ in ACTIONS}
    assert {form.page for form in FORMS} <= {address for address, _ in ADDRESSES}


def test_an_address_without_an_example_is_noticed() -> None:
    assert example_of("/projects/{group}/versions/{number:int}").endswith("/versions/3")
    with pytest.raises(KeyError, match="planet"):
        example_of("/planets/{planet}")
