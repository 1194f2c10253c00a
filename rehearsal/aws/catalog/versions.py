"""Versions of a product: made of a template, opened and closed to users, removed.

Source: Service Catalog API reference, CreateProvisioningArtifact, UpdateProvisioningArtifact,
DeleteProvisioningArtifact; Service Catalog endpoints and quotas ("Product versions per product").
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from rehearsal.aws.catalog import templates
from rehearsal.aws.catalog.errors import (
    InvalidParametersError,
    LimitExceededError,
    ResourceInUseError,
    ResourceNotFoundError,
)
from rehearsal.aws.catalog.resources import Artifact, CatalogStore, Product, new_id

QUOTA = 100


class Versions:
    """Rules of versions; a product's versions are listed in the order of their creation."""

    def __init__(self, store: CatalogStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def make(self, properties: Mapping[str, Any], token: str = "") -> Artifact:
        """A version that belongs to no product yet, with the service's own copy of its template.

        Raises:
            InvalidParametersError: there is no such template, or it is none.
        """
        url = properties["Info"].get("LoadTemplateFromURL", "")
        text = templates.fetch(url)
        templates.parse(text)
        return Artifact(
            id=new_id("pa"),
            name=properties.get("Name", ""),
            description=properties.get("Description", ""),
            template_url=url,
            template=text,
            created_at=self._clock(),
            token=token,
        )

    def create(self, product: Product, properties: Mapping[str, Any], token: str) -> Artifact:
        """Add a version to a product; the same token again gives the same version.

        Raises:
            LimitExceededError: the product has as many as it may have.
            InvalidParametersError: there is no such template, or it is none.
        """
        again = next((a for a in product.artifacts if a.token == token), None)
        if again:
            return again
        if len(product.artifacts) >= QUOTA:
            raise LimitExceededError(
                f"Product {product.id} has {QUOTA} provisioning artifacts, the most it may have."
            )
        artifact = self.make(properties, token)
        self._put(product, [*product.artifacts, artifact])
        return artifact

    def update(self, product: Product, artifact_id: str, changes: Mapping[str, Any]) -> Artifact:
        """Change a version's name, description, guidance, or whether users see it."""
        changed = dataclasses.replace(self.find(product, artifact_id), **changes)
        self._put(product, [changed if a.id == artifact_id else a for a in product.artifacts])
        return changed

    def delete(self, product: Product, artifact_id: str) -> None:
        """Remove a version, whether or not something was launched with it.

        Raises:
            ResourceInUseError: it is the product's last one. AWS documents the refusal, not its
                code.
        """
        self.find(product, artifact_id)
        left = [a for a in product.artifacts if a.id != artifact_id]
        if not left:
            raise ResourceInUseError(
                f"Provisioning artifact {artifact_id} is the last one of product {product.id}."
            )
        self._put(product, left)

    def find(self, product: Product, artifact_id: str) -> Artifact:
        """A version as the administrator sees it.

        Raises:
            ResourceNotFoundError: no such version.
        """
        for artifact in product.artifacts:
            if artifact.id == artifact_id:
                return artifact
        raise ResourceNotFoundError(
            f"Provisioning artifact {artifact_id} of product {product.id} not found."
        )

    def _put(self, product: Product, artifacts: list[Artifact]) -> None:
        self._store.products[product.id] = dataclasses.replace(product, artifacts=artifacts)


def check_can_read(denial: Callable[[str, str], str], properties: Mapping[str, Any]) -> None:
    """Refuse a template that the caller could not read and validate, in whose name it is done.

    AWS does not document this; its managed policy for administrators of the catalog grants both.

    Args:
        denial: why the caller may not do an action on a resource; empty if it may.
        properties: of the version.
    """
    bucket, key = templates.location(properties["Info"].get("LoadTemplateFromURL", ""))
    questions = [("s3:GetObject", f"arn:aws:s3:::{bucket}/{key}")]
    if not properties.get("DisableTemplateValidation"):
        questions.append(("cloudformation:ValidateTemplate", "*"))
    for action, resource in questions:
        problem = denial(action, resource)
        if problem:
            raise InvalidParametersError(problem)
