"""Endpoints: created, updated under guardrails, scaled by hand, and deleted."""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.alarm_watch import AlarmWatch
from rehearsal.aws.sagemaker.endpoints.configs import EndpointConfigOperations
from rehearsal.aws.sagemaker.endpoints.fleet import VariantPlan
from rehearsal.aws.sagemaker.endpoints.lifecycle import SETTLED, EndpointLifecycle
from rehearsal.aws.sagemaker.endpoints.models import ModelOperations
from rehearsal.aws.sagemaker.endpoints.rollout import Change
from rehearsal.aws.sagemaker.endpoints.scaling_targets import ScalingTargets
from rehearsal.aws.sagemaker.endpoints.serverless import check_conversion
from rehearsal.aws.sagemaker.endpoints.strategy import alarm_names, plan_deployment
from rehearsal.aws.sagemaker.errors import RequestRefusedError
from rehearsal.aws.sagemaker.named_records import NamedRecords
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers


class EndpointOperations(NamedRecords):
    """Checks requests about endpoints and leaves the rest to their lifecycle."""

    kind, arn_kind, words = "Endpoint", "endpoint", "endpoint"

    def __init__(
        self,
        context: AccountContext,
        configs: EndpointConfigOperations,
        models: ModelOperations,
        watch: AlarmWatch,
        targets: ScalingTargets,
    ) -> None:
        super().__init__(context, context.store.endpoints)
        self._configs = configs
        self._models = models
        self._watch = watch
        self._targets = targets
        self.lifecycle = EndpointLifecycle(context, watch)

    @answers("CreateEndpoint")
    def create_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """Begin to create; DescribeEndpoint tells when it is in service."""
        deployment_config = request.get("DeploymentConfig")
        plans = self._plans(self._configs.find(request["EndpointConfigName"]))
        plan_deployment(deployment_config, plans, plans)
        self._check_alarms(deployment_config, plans)
        record = self.add(
            request,
            EndpointStatus="Creating",
            LastDeploymentConfig=deployment_config,
            _generation=1,
            _plans=[plan.to_record() for plan in plans],
        )
        self.lifecycle.create(record, plans)
        return record

    @answers("UpdateEndpoint")
    def update_endpoint(self, request: Record, _caller: RequestContext) -> Record:
        """Begin to change to another configuration, as DeploymentConfig says."""
        record = self.find(request["EndpointName"])
        self._check_in_service(record)
        # SageMaker needs the configuration that it leaves as well: hashicorp/
        # terraform-provider-aws, issues 40048 and 48997.
        self._configs.find(record["EndpointConfigName"])
        config = self._configs.find(request["EndpointConfigName"])
        old = [VariantPlan.from_record(plan) for plan in record["_plans"]]
        new = self._retaining(record, self._plans(config), request)
        check_conversion(old, new)
        self._targets.check_update(record["EndpointName"], old, new)
        deployment_config = _deployment_config(record, request)
        strategy = plan_deployment(deployment_config, old, new)
        self._check_alarms(deployment_config, new)
        with self._store.lock:
            self._check_in_service(record)
            record.update(EndpointStatus="Updating", FailureReason=None)
        change = Change(config["EndpointConfigName"], new, strategy)
        self.lifecycle.replace(record, change, deployment_config)
        return {"EndpointArn": record["EndpointArn"]}

    @answers("UpdateEndpointWeightsAndCapacities")
    def update_endpoint_weights_and_capacities(
        self, request: Record, _caller: RequestContext
    ) -> Record:
        """Shift traffic between the variants of an endpoint, and change their instances."""
        record = self.find(request["EndpointName"])
        self._check_in_service(record)
        desired = {item["VariantName"]: item for item in request["DesiredWeightsAndCapacities"]}
        known = {plan["name"]: plan for plan in record["_plans"]}
        unknown = [name for name in desired if name not in known]
        if unknown:
            raise RequestRefusedError(f"The endpoint has no variant {', '.join(unknown)}.")
        for name, change in desired.items():
            if change.get("DesiredServerlessUpdateConfig"):
                raise RequestRefusedError(
                    "DesiredServerlessUpdateConfig is not modelled by the rehearsal."
                )
            if "DesiredInstanceCount" in change and known[name].get("serverless"):
                raise RequestRefusedError(f"Variant {name} is serverless and has no instances.")
            self.scale(
                record, name, change.get("DesiredWeight"), change.get("DesiredInstanceCount")
            )
        return {"EndpointArn": record["EndpointArn"]}

    def scale(
        self, record: Record, variant: str, weight: float | None, instances: int | None
    ) -> None:
        """Give a variant another weight or number of instances; None leaves it."""
        traffic = self.lifecycle.traffic(record["EndpointName"])
        with self._store.lock:
            for shown in record.get("ProductionVariants") or []:
                if shown["VariantName"] == variant and weight is not None:
                    shown.update(CurrentWeight=weight, DesiredWeight=weight)
                if shown["VariantName"] == variant and instances is not None:
                    shown.update(CurrentInstanceCount=instances, DesiredInstanceCount=instances)
            plans = [VariantPlan.from_record(plan) for plan in record["_plans"]]
            record["_plans"] = [
                (plan.retaining(weight, instances) if plan.name == variant else plan).to_record()
                for plan in plans
            ]
        if traffic and weight is not None:
            traffic.current.weights[variant] = weight
        if traffic and instances is not None:
            traffic.current.instance_counts[variant] = instances

    @answers("DeleteEndpoint")
    def delete_endpoint(self, request: Record, caller: RequestContext) -> Record:
        """Begin to delete; the servers end when the requests in flight are answered."""
        record = self.find(request["EndpointName"])
        self._targets.check_deletion(record["EndpointName"], caller)
        with self._store.lock:
            if record["EndpointStatus"] not in SETTLED:
                raise RequestRefusedError(
                    f'Cannot delete endpoint "{record["EndpointArn"]}" in status '
                    f"{record['EndpointStatus']}; wait until the change has ended."
                )
            record["EndpointStatus"] = "Deleting"
        self._targets.forget(record["EndpointName"])
        self.lifecycle.delete(record)
        return {}

    def _check_in_service(self, record: Record) -> None:
        if record["EndpointStatus"] != "InService":
            raise RequestRefusedError(
                f'Cannot update in-progress endpoint "{record["EndpointArn"]}"; it is in status '
                f"{record['EndpointStatus']}."
            )

    def _check_alarms(self, config: Record | None, plans: Sequence[VariantPlan]) -> None:
        self._watch.check(alarm_names(config), [plan.container.role_arn for plan in plans])

    def _plans(self, config: Record) -> list[VariantPlan]:
        return [
            VariantPlan(
                name=variant["VariantName"],
                weight=variant["InitialVariantWeight"],
                container=self._models.container(self._models.find(variant["ModelName"])),
                instance_count=variant.get("InitialInstanceCount", 0),
                instance_type=variant.get("InstanceType"),
                serverless=variant.get("ServerlessConfig"),
            )
            for variant in config["ProductionVariants"]
        ]

    def _retaining(
        self, record: Record, plans: list[VariantPlan], request: Record
    ) -> list[VariantPlan]:
        """The new plans with the weights and instances of now, if the request wants that."""
        if not request.get("RetainAllVariantProperties"):
            return plans
        excluded = {
            item["VariantPropertyType"]
            for item in request.get("ExcludeRetainedVariantProperties") or []
        }
        now = {shown["VariantName"]: shown for shown in record["ProductionVariants"]}

        def kept(plan: VariantPlan) -> VariantPlan:
            shown = now.get(plan.name, {})
            weight = None if "DesiredWeight" in excluded else shown.get("DesiredWeight")
            retained = "DesiredInstanceCount" not in excluded and not plan.serverless
            count = shown.get("DesiredInstanceCount") if retained else None
            return plan.retaining(weight, count)

        return [kept(plan) for plan in plans]


def _deployment_config(record: Record, request: Record) -> Record | None:
    given: Record | None = request.get("DeploymentConfig")
    if not request.get("RetainDeploymentConfig"):
        return given
    if given:
        raise RequestRefusedError("Give DeploymentConfig or RetainDeploymentConfig, not both.")
    last: Record | None = record.get("LastDeploymentConfig")
    return last
