"""Whether a role lets SageMaker join the subnets that a job or a model names.

Source: SageMaker developer guide, "CreateTrainingJob API: Execution Role Permissions" and
"CreateModel API: Execution Role Permissions", for the actions, and Service Authorization Reference,
"Amazon EC2", for what each is asked for. Here no interface is made, and whether the subnets exist
is not looked at: those of a company are not here.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal.aws.sagemaker.access import Access
from rehearsal.aws.sagemaker.settings import SageMakerSettings
from rehearsal.aws.service_kit.operations import Record

_LOOK = ("DhcpOptions", "NetworkInterfaces", "SecurityGroups", "Subnets", "Vpcs")
_CHANGE = (
    "CreateNetworkInterfacePermission",
    "DeleteNetworkInterface",
    "DeleteNetworkInterfacePermission",
)
# As EC2 would make it.
_INTERFACE = "network-interface/eni-0a1b2c3d4e5f60718"
_Question = tuple[str, str, dict[str, str]]


class NetworkRefusedError(Exception):
    """The role may not join the network; the message names what it lacks."""


def join_network(
    what: str, network: Record | None, role_arn: str, access: Access, settings: SageMakerSettings
) -> None:
    """Ask for a role what SageMaker does in the subnets of a job or of an endpoint.

    Args:
        what: that which joins, for the refusal.
        network: its `VpcConfig`, if it has one.
        role_arn: of the role with which SageMaker does it.
        access: judges the role.
        settings: where this is.

    Raises:
        NetworkRefusedError: one of it is not allowed.
    """
    if not network:
        return
    for action, resource, keys in _questions(network, settings):
        refused = access.refused(role_arn, f"ec2:{action}", resource, keys)
        if refused:
            raise NetworkRefusedError(
                f"{what} cannot join its network: {refused}; allow it in the role."
            )


def _questions(network: Record, settings: SageMakerSettings) -> Iterator[_Question]:
    place = f"arn:aws:ec2:{settings.region}:{settings.account}"
    subnets = [f"{place}:subnet/{id_}" for id_ in network["Subnets"]]
    groups = [f"{place}:security-group/{id_}" for id_ in network["SecurityGroupIds"]]
    for what in _LOOK:
        yield f"Describe{what}", "*", {}
    for resource in (f"{place}:{_INTERFACE}", *subnets, *groups):
        yield "CreateNetworkInterface", resource, {}
    for action in _CHANGE:
        for subnet in subnets:
            yield action, f"{place}:{_INTERFACE}", {"ec2:Subnet": subnet}
