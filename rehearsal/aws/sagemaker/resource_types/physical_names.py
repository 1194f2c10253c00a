"""Names of what stacks make: `Ref` of each type of SageMaker is its ARN."""

from __future__ import annotations

from ministack.services.cloudformation import provisioners

from rehearsal.aws.emulator.extensions import Properties

_LONGEST_NAME = 63


def name_of(arn: str) -> str:
    """The name at the end of an ARN; a name is itself."""
    return arn.rsplit("/", 1)[-1]


def named(properties: Properties, member: str, stack_name: str, logical_id: str) -> Properties:
    """Properties with a generated name where the template gives none; references are names."""
    given = dict(properties)
    if not given.get(member):
        given[member] = str(
            provisioners._physical_name(stack_name, logical_id, max_len=_LONGEST_NAME)
        )
    if "EndpointConfigName" in given:
        given["EndpointConfigName"] = name_of(given["EndpointConfigName"])
    return given
