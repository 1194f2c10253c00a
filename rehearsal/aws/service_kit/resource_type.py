"""A CloudFormation type of one of our services: what MiniStack calls for its resources."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from rehearsal.aws.emulator.extensions import Attributes, Extensions, Properties
from rehearsal.aws.emulator.resource_schemas import schema_of

Own = TypeVar("Own")
Created = tuple[str, Attributes]
"""What `Ref` and what `Fn::GetAtt` answer."""


class ResourceType(ABC, Generic[Own]):
    """Handlers over the operations that clients call; an error's text is the status reason.

    Attributes:
        name: such as `AWS::SageMaker::Endpoint`.
    """

    name: ClassVar[str]

    def __init__(self, of_present_account: Callable[[], Own]) -> None:
        """Takes what answers with the service's parts of the account of the stack."""
        self._of_present_account = of_present_account

    @property
    def _own(self) -> Own:
        return self._of_present_account()

    def add_to(self, registry: Extensions) -> None:
        """Add the type to MiniStack, with the properties whose change makes a new resource."""
        pointers = schema_of(self.name)["createOnlyProperties"]
        replace_on = [pointer.removeprefix("/properties/") for pointer in pointers]
        registry.add_type(self.name, self.create, self.delete, self.update, replace_on)

    @abstractmethod
    def create(self, logical_id: str, properties: Properties, stack_name: str) -> Created:
        """Make the resource."""

    @abstractmethod
    def update(self, ref: str, old: Properties, new: Properties, stack_name: str) -> Created:
        """Change the resource in place."""

    @abstractmethod
    def delete(self, ref: str, properties: Properties) -> None:
        """Remove the resource; gone already is gone."""
