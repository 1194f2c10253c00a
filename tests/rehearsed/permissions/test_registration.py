"""The role of the function that publishes versions loses each of its actions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.laboratory.permissions.tried import PRODUCT_STAYS
from rehearsal.laboratory.trials.ground import Ground
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.published_product import PublishedProduct

_ONLY_LATER = ("servicecatalog:CreateProvisioningArtifact", "servicecatalog:UpdateProduct")
_TO_CLOSE_ANOTHER = "servicecatalog:UpdateProvisioningArtifact"


@pytest.fixture(scope="module")
def product(ground: Ground) -> Iterator[PublishedProduct]:
    """After the tests the ground's own product has its files again."""
    made = PublishedProduct(ground)
    yield made
    made.put_back()


@tried("versions function")
def test_the_registration_fails_and_names_what_its_role_lacks(
    without: Without, product: PublishedProduct, seen: str, action: str
) -> None:
    is_later = seen == PRODUCT_STAYS or action in (*_ONLY_LATER, _TO_CLOSE_ANOTHER)
    if is_later:
        assert product.publish(anew=False)["Status"] == "SUCCESS"
        product.leave_an_upload_open()
    with without("versions function", action):
        removes = seen == PRODUCT_STAYS
        answer = product.remove() if removes else product.publish(anew=not is_later)
    assert answer["Status"] == "FAILED"
    # Why an upload could not be read is told with its name.
    cause = "S3 answered AccessDenied" if action == "s3:GetObject" else f"to perform: {action} "
    assert cause in answer["Reason"]


def test_with_every_permission_it_publishes_and_removes(product: PublishedProduct) -> None:
    assert product.publish(anew=True)["Status"] == "SUCCESS"
    assert product.publish(anew=False)["Status"] == "SUCCESS"
    product.leave_an_upload_open()
    assert product.remove()["Status"] == "SUCCESS"
