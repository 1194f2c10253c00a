"""RegisterScalableTarget, PutScalingPolicy and their kin, for variants of endpoints.

Sources: API reference of Application Auto Scaling; its user guide, "Amazon SageMaker AI and
Application Auto Scaling" (service-linked role, dimensions) and "Permissions required for API calls
on target resources". Nothing scales here: no alarms are made, no policy is carried out.
"""

from __future__ import annotations

import re
import uuid
from typing import Any

from rehearsal.aws.sagemaker.context import AccountContext
from rehearsal.aws.sagemaker.endpoints.endpoints import EndpointOperations
from rehearsal.aws.sagemaker.endpoints.scaling_targets import ScalingTargets, key_of
from rehearsal.aws.sagemaker.paging import take_page
from rehearsal.aws.scaling.errors import ScalingObjectNotFoundError, ScalingRefusedError
from rehearsal.aws.service_kit.operations import Record, RequestContext, answers

INSTANCES = "sagemaker:variant:DesiredInstanceCount"
CONCURRENCY = "sagemaker:variant:DesiredProvisionedConcurrency"
METRICS = {
    INSTANCES: "SageMakerVariantInvocationsPerInstance",
    CONCURRENCY: "SageMakerVariantProvisionedConcurrencyUtilization",
}
_RESOURCE = re.compile(r"endpoint/([^/]+)/variant/([^/]+)")
_MOST_TARGETS, _MOST_POLICIES = 50, 10
_ON_ENDPOINT = (
    "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig",
    "sagemaker:UpdateEndpointWeightsAndCapacities",
)
_SERVICE_ROLE = (
    "aws-service-role/sagemaker.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_SageMakerEndpoint"
)
_ON_ALARMS = ("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms")


class ScalingOperations:
    """Keeps targets and policies."""

    def __init__(
        self, context: AccountContext, endpoints: EndpointOperations, targets: ScalingTargets
    ) -> None:
        self._context = context
        self._store = context.store
        self._endpoints = endpoints
        self._targets = targets

    @answers("RegisterScalableTarget")
    def register_scalable_target(self, request: Record, caller: RequestContext) -> Record:
        """Register a variant, or change what was registered; its instances come into the range."""
        endpoint, plan = self._variant(request)
        self._check_permissions(endpoint, caller)
        key = key_of(request)
        with self._store.lock:
            before = self._store.scalable_targets.get(key, {})
            merged = {**before, **{k: v for k, v in request.items() if k != "Tags"}}
            low, high = merged.get("MinCapacity"), merged.get("MaxCapacity")
            if low is None or high is None:
                raise ScalingRefusedError("MinCapacity and MaxCapacity must be specified.")
            if not 0 <= low <= high:
                raise ScalingRefusedError(
                    f"MaxCapacity {high} must not be below MinCapacity {low}, nor that below 0."
                )
            arn = before.get("ScalableTargetARN") or self._arn(
                "application-autoscaling", f"scalable-target/{uuid.uuid4().hex}"
            )
            created = before.get("CreationTime") or self._context.clock()
            self._store.scalable_targets[key] = {
                **merged,
                "RoleARN": f"arn:aws:iam::{self._context.settings.account}:role/{_SERVICE_ROLE}",
                "ScalableTargetARN": arn,
                "CreationTime": created,
            }
            if request.get("Tags") is not None and not before:
                self._store.tags[arn] = dict(request["Tags"])
        if request["ScalableDimension"] == INSTANCES:
            count = min(max(plan["instance_count"], low), high)
            if count != plan["instance_count"] and endpoint["EndpointStatus"] == "InService":
                self._endpoints.scale(endpoint, plan["name"], None, count)
        return {"ScalableTargetARN": arn}

    @answers("DescribeScalableTargets")
    def describe_scalable_targets(self, request: Record, _caller: RequestContext) -> Record:
        """Targets, those of the named resources if any are named."""
        self._check_service(request)
        wanted = request.get("ResourceIds")
        dimension = request.get("ScalableDimension")
        found = [
            target
            for target in self._store.all(self._store.scalable_targets)
            if (not wanted or target["ResourceId"] in wanted)
            and dimension in (None, target["ScalableDimension"])
        ]
        page, more = take_page(found, request, _MOST_TARGETS)
        return {"ScalableTargets": page, **more}

    @answers("DeregisterScalableTarget")
    def deregister_scalable_target(self, request: Record, _caller: RequestContext) -> Record:
        """Forget a target and its policies."""
        self._targets.remove(self._target(request))
        return {}

    @answers("PutScalingPolicy")
    def put_scaling_policy(self, request: Record, caller: RequestContext) -> Record:
        """Make or change the policy of a registered target."""
        target = self._target(request)
        key = f"{key_of(request)}|{request['PolicyName']}"
        before = self._store.scaling_policies.get(key, {})
        merged = {**before, **request}
        self._check_policy(merged)
        resource = request["ResourceId"]
        for action in _ON_ALARMS:
            alarm = self._alarm_arn(request)
            self._context.access.check_allowed(caller.access_key_id, action, alarm)
        identity = target["ScalableTargetARN"].rsplit("/", 1)[-1]
        name = f"{identity}:resource/sagemaker/{resource}:policyName/{request['PolicyName']}"
        arn = before.get("PolicyARN") or self._arn("autoscaling", f"scalingPolicy:{name}")
        with self._store.lock:
            self._store.scaling_policies[key] = {
                **merged,
                "PolicyARN": arn,
                "CreationTime": before.get("CreationTime") or self._context.clock(),
            }
        return {"PolicyARN": arn, "Alarms": []}

    @answers("DescribeScalingPolicies")
    def describe_scaling_policies(self, request: Record, _caller: RequestContext) -> Record:
        """Policies, by name and by target."""
        self._check_service(request)
        found = [
            policy
            for policy in self._store.all(self._store.scaling_policies)
            if policy["PolicyName"] in (request.get("PolicyNames") or [policy["PolicyName"]])
            and policy["ResourceId"] == request.get("ResourceId", policy["ResourceId"])
            and request.get("ScalableDimension") in (None, policy["ScalableDimension"])
        ]
        page, more = take_page(found, request, _MOST_POLICIES)
        return {"ScalingPolicies": page, **more}

    @answers("DeleteScalingPolicy")
    def delete_scaling_policy(self, request: Record, caller: RequestContext) -> Record:
        """Remove a policy."""
        key = f"{key_of(request)}|{request['PolicyName']}"
        alarm = self._alarm_arn(request)
        self._context.access.check_allowed(caller.access_key_id, "cloudwatch:DeleteAlarms", alarm)
        with self._store.lock:
            if self._store.scaling_policies.pop(key, None) is None:
                raise ScalingObjectNotFoundError(
                    f"No scaling policy found for service namespace: sagemaker, resource ID: "
                    f"{request['ResourceId']}, scalable dimension: {request['ScalableDimension']}, "
                    f"policy name: {request['PolicyName']}"
                )
        return {}

    def target_arn(self, request: Record) -> str | None:
        """ARN of the target that a request, not checked yet, is about."""
        key = f"{request.get('ResourceId')}|{request.get('ScalableDimension')}"
        target = self._store.scalable_targets.get(key)
        return str(target["ScalableTargetARN"]) if target else None

    def _variant(self, request: Record) -> tuple[Record, dict[str, Any]]:
        """The endpoint and the plan of the variant that a target is about."""
        self._check_service(request)
        dimension, resource = request["ScalableDimension"], request["ResourceId"]
        match = _RESOURCE.fullmatch(resource)
        if dimension not in METRICS or match is None:
            raise ScalingRefusedError(
                f"The rehearsal scales endpoint/NAME/variant/NAME in {' or '.join(METRICS)} only, "
                f"not {resource} in {dimension}."
            )
        endpoint = self._store.endpoints.get(match[1])
        plans = {plan["name"]: plan for plan in endpoint["_plans"]} if endpoint else {}
        if endpoint is None or match[2] not in plans:
            raise ScalingRefusedError(f"Could not find the SageMaker resource: {resource}")
        plan = plans[match[2]]
        if bool(plan.get("serverless")) != (dimension == CONCURRENCY):
            kind = "serverless" if plan.get("serverless") else "on instances"
            raise ScalingRefusedError(f"{resource} is {kind} and has no {dimension}.")
        if dimension == CONCURRENCY and not plan["serverless"].get("ProvisionedConcurrency"):
            raise ScalingRefusedError(f"{resource} has no provisioned concurrency to scale.")
        return endpoint, plan

    def _target(self, request: Record) -> Record:
        self._check_service(request)
        target = self._store.scalable_targets.get(key_of(request))
        if target is None:
            raise ScalingObjectNotFoundError(
                f"No scalable target registered for service namespace: sagemaker, resource ID: "
                f"{request['ResourceId']}, scalable dimension: {request['ScalableDimension']}"
            )
        return target

    def _check_service(self, request: Record) -> None:
        if request["ServiceNamespace"] != "sagemaker":
            raise ScalingRefusedError(
                f"The rehearsal scales sagemaker only, not {request['ServiceNamespace']}."
            )

    def _check_policy(self, policy: Record) -> None:
        if policy.get("PolicyType") != "TargetTrackingScaling":
            raise ScalingRefusedError(
                "The rehearsal models policies of type TargetTrackingScaling."
            )
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration") or {}
        predefined = tracking.get("PredefinedMetricSpecification")
        if not tracking or bool(predefined) == bool(tracking.get("CustomizedMetricSpecification")):
            raise ScalingRefusedError(
                "TargetTrackingScalingPolicyConfiguration needs a PredefinedMetricSpecification or "
                "a CustomizedMetricSpecification."
            )
        wanted = METRICS[policy["ScalableDimension"]]
        if predefined and predefined["PredefinedMetricType"] != wanted:
            raise ScalingRefusedError(
                f"{policy['ScalableDimension']} has the predefined metric {wanted}, not "
                f"{predefined['PredefinedMetricType']}."
            )

    def _check_permissions(self, endpoint: Record, caller: RequestContext) -> None:
        settings, check = self._context.settings, self._context.access.check_allowed
        for action in _ON_ENDPOINT:
            kind = "endpoint-config" if action.endswith("Config") else "endpoint"
            name = "EndpointConfigName" if kind == "endpoint-config" else "EndpointName"
            check(caller.access_key_id, action, settings.arn(kind, endpoint[name]))

    def _arn(self, service: str, resource: str) -> str:
        settings = self._context.settings
        return f"arn:aws:{service}:{settings.region}:{settings.account}:{resource}"

    def _alarm_arn(self, request: Record) -> str:
        alarm = f"TargetTracking-{request['ResourceId']}-AlarmHigh"
        return self._arn("cloudwatch", f"alarm:{alarm}")
