"""What DescribeEndpoint shows of variants, in service and in a deployment.

Source: API reference of ProductionVariantSummary and PendingDeploymentSummary; the messages are
those of the developer guide, "SageMaker endpoint deployment state change".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.endpoints.strategy import Step
from rehearsal.aws.service_kit.operations import Record

LAUNCHING, TERMINATING = "Launching {count} instance(s).", "Terminating {count} instance(s)."
CREATING, ACTIVATING, BAKING, DELETING = "Creating", "ActivatingTraffic", "Baking", "Deleting"


def in_service(plans: Iterable[VariantPlan], now: float) -> list[Record]:
    """ProductionVariants of a fleet that serves."""
    return [
        {
            "VariantName": plan.name,
            "DeployedImages": _images(plan, now),
            "CurrentWeight": plan.weight,
            "DesiredWeight": plan.weight,
            "CurrentServerlessConfig": plan.serverless,
            **_counts(plan, plan.instance_count),
        }
        for plan in plans
    ]


def pending(
    config_name: str,
    plans: Sequence[VariantPlan],
    started: float,
    *,
    status: str,
    message: str,
    now: float,
    active: Mapping[str, int] | None = None,
) -> Record:
    """PendingDeploymentSummary.

    In the message, `{count}` becomes the instances of the variant. `active` are the instances that
    exist for the deployment by now; left out, none does.
    """
    variants = []
    for plan in plans:
        count = (active or {}).get(plan.name, plan.instance_count)
        current = 0 if active is None else plan.instance_count
        text = message.format(count=count)
        variants.append(
            {
                "VariantName": plan.name,
                "DeployedImages": _images(plan, now),
                "CurrentWeight": plan.weight,
                "DesiredWeight": plan.weight,
                "InstanceType": plan.instance_type,
                "VariantStatus": [{"Status": status, "StatusMessage": text, "StartTime": now}],
                "CurrentServerlessConfig": plan.serverless,
                "DesiredServerlessConfig": plan.serverless,
                **_counts(plan, current),
            }
        )
    return {"EndpointConfigName": config_name, "StartTime": started, "ProductionVariants": variants}


def activating(step: Step) -> str:
    """Message while traffic is turned on."""
    return f"Activating traffic on {step.capacity} capacity of {{count}} instance(s)."


def baking(step: Step) -> str:
    """Message while alarms are watched."""
    return (
        f"Baking for {step.bake_seconds} seconds ({step.setting}) with traffic enabled on "
        f"{step.capacity} capacity of {{count}} instance(s)."
    )


def _counts(plan: VariantPlan, current: int) -> Record:
    if plan.serverless:
        return {}
    return {"CurrentInstanceCount": current, "DesiredInstanceCount": plan.instance_count}


def _images(plan: VariantPlan, now: float) -> list[Record]:
    image = plan.container.image
    return [{"SpecifiedImage": image, "ResolvedImage": image, "ResolutionTime": now}]
