"""Versions of a model that tell their name, fail or take their time as the request says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.tests.emulator.local_aws import wait_for
from rehearsal.tests.sagemaker.sagemaker_aws import IMAGE, SageMakerAws, archive

VARIANT = "AllTraffic"
# The server of the tests runs a minute in one second.
MINUTE = 60
_CODE = """
import time

import flask


def model_fn(_folder):
    return "{name}"


def transform_fn(model, content, _content_type, _accept):
    if content.startswith("fail"):
        return flask.Response("failed on purpose", status=500)
    if content.startswith("wrong"):
        return flask.Response("wrong on purpose", status=400)
    if content.startswith("sleep"):
        time.sleep(float(content.split()[1]))
    if content == "json":
        return "[1]", "application/json"
    return model, "text/csv"
"""
_SERVED = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}
# With it pip needs no index for the code that it installs.
INSTALLABLE = {"PIP_NO_BUILD_ISOLATION": "0"}


@dataclass
class Versions:
    """Endpoint configurations, each with a model of its own."""

    aws: SageMakerAws
    endpoints: list[str] = field(default_factory=list)

    def close(self) -> None:
        """Delete the endpoints, so that their servers do not run beside the next tests."""
        for name in self.endpoints:
            self.aws.settled_endpoint(name)
            self.aws.sagemaker.delete_endpoint(EndpointName=name)

    def config(
        self,
        name: str,
        *,
        instances: int = 2,
        model: Mapping[str, Any] = MappingProxyType({}),
        **variant: Any,
    ) -> str:
        """A configuration whose model, made with these arguments, answers with the name."""
        self.model(name, **model)
        served = {"InstanceType": "ml.m5.large", "InitialInstanceCount": instances}
        served = variant or served
        self.aws.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{"VariantName": VARIANT, "ModelName": name, **served}],
        )
        return name

    def model(
        self,
        name: str,
        *,
        variables: Mapping[str, str] = INSTALLABLE,
        **more: Any,
    ) -> str:
        code = _CODE.format(name=name)
        files = {"xgboost-model": "not read", "code/inference.py": code}
        url = self.aws.put(f"versions/{name}/model.tar.gz", archive(**files))
        self.aws.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=more.pop("role", self.aws.role_arn),
            PrimaryContainer={
                "Image": IMAGE,
                "ModelDataUrl": url,
                "Environment": {**_SERVED, **variables},
            },
            **more,
        )
        return name

    def endpoint(self, name: str, config: str, **more: Any) -> str:
        self.aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config, **more)
        self.endpoints.append(name)
        shown = self.aws.settled_endpoint(name)
        assert shown["EndpointStatus"] == "InService", shown.get("FailureReason")
        return name

    def alarm(self, name: str, endpoint: str, **changes: Any) -> str:
        """An alarm on the share of an endpoint's requests that the model fails."""
        of_variant = {"EndpointName": endpoint, "VariantName": VARIANT}
        alarm = {
            "AlarmName": name,
            "Namespace": "AWS/SageMaker",
            "MetricName": "Invocation5XXErrors",
            "Dimensions": [{"Name": key, "Value": value} for key, value in of_variant.items()],
            "Statistic": "Average",
            "Period": 10 * MINUTE,
            "EvaluationPeriods": 1,
            "Threshold": 0.05,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        }
        self.aws.client("cloudwatch").put_metric_alarm(**{**alarm, **changes})
        return name

    def shown(self, endpoint: str) -> dict[str, Any]:
        described = self.aws.sagemaker.describe_endpoint(EndpointName=endpoint)
        return dict(described)

    def status(self, endpoint: str) -> dict[str, Any]:
        """The stage of the deployment that is going on; empty when none is."""
        pending = self.shown(endpoint).get("PendingDeploymentSummary")
        return dict(pending["ProductionVariants"][0]["VariantStatus"][0]) if pending else {}

    def wait_for_status(self, endpoint: str, status: str, words: str = "") -> dict[str, Any]:
        def reached() -> dict[str, Any] | None:
            found = self.status(endpoint)
            fits = found.get("Status") == status and words in found["StatusMessage"]
            return found if fits else None

        return dict(wait_for(reached, what=f"{endpoint} to be {status} {words}"))

    def settled(self, endpoint: str) -> dict[str, Any]:
        def settled() -> dict[str, Any] | None:
            shown = self.shown(endpoint)
            return None if shown["EndpointStatus"] == "Updating" else shown

        return dict(wait_for(settled, what=f"{endpoint} to settle"))


@dataclass
class Load:
    """What clients got that send requests all the time."""

    answers: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


@contextmanager
def load_on(aws: SageMakerAws, endpoint: str, *, clients: int, body: str) -> Iterator[Load]:
    """Keep sending, without any retry, as long as the block lasts."""
    load, ended = Load(), Event()

    def keep_sending() -> None:
        while not ended.is_set():
            try:
                load.answers.append(aws.predict(endpoint, body))
            except ClientError as error:
                load.errors.append(error)

    threads = [Thread(target=keep_sending) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def blue_green(kind: str, wait: int = 0, termination: int = 0, **sizes: int) -> dict[str, Any]:
    """A policy of percentages, such as `CanarySize=50`."""
    routing: dict[str, Any] = {"Type": kind, "WaitIntervalInSeconds": wait}
    for name, percent in sizes.items():
        routing[name] = {"Type": "CAPACITY_PERCENT", "Value": percent}
    return {
        "BlueGreenUpdatePolicy": {
            "TrafficRoutingConfiguration": routing,
            "TerminationWaitInSeconds": termination,
            "MaximumExecutionTimeoutInSeconds": 28800,
        }
    }


def rolling(percent: int, wait: int = 0, **more: Any) -> dict[str, Any]:
    size = {"Type": "CAPACITY_PERCENT", "Value": percent}
    policy = {"MaximumBatchSize": size, "WaitIntervalInSeconds": wait, **more}
    return {"RollingUpdatePolicy": policy}


def guarded(config: dict[str, Any], *alarms: str) -> dict[str, Any]:
    """The same deployment, ended by alarms."""
    named = [{"AlarmName": name} for name in alarms]
    return {**config, "AutoRollbackConfiguration": {"Alarms": named}}
