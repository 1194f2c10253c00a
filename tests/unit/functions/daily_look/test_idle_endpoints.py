"""Behaviour of the daily look at endpoints that nobody asks."""

import logging
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from daily_look.endpoints import Endpoint, Variant, find_endpoints
from daily_look.idle_endpoints import look_at_endpoints
from daily_look.invocations import InvocationsUnknownError
from invocation.toolbox import Toolbox
from tests.unit.functions.fake_aws import AwsFault, FakeAws
from tests.unit.functions.invocation_fakes import FakeContext, FakeTime, client_error

NOW = datetime.fromtimestamp(FakeTime().now, UTC)
ARN = "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/"
SERVERLESS = {"CurrentServerlessConfig": {"MemorySizeInMB": 1024, "MaxConcurrency": 5}}
PROVISIONED = {
    "CurrentServerlessConfig": {
        **SERVERLESS["CurrentServerlessConfig"],
        "ProvisionedConcurrency": 2,
    }
}
INSTANCES = {"CurrentInstanceCount": 2}
TOO_YOUNG = timedelta(days=14) - timedelta(seconds=1)


@dataclass
class Aws(FakeAws):
    """AWS with endpoints, their tags and metrics; pages of GetResources hold two."""

    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: dict[tuple[str, str], dict[datetime, float]] = field(default_factory=dict)
    called: Counter[str] = field(default_factory=Counter)
    queries: list[int] = field(default_factory=list)
    status: str = "Complete"

    def call(self, service: str, operation: str, request: dict[str, Any]) -> Any:
        """Count it."""
        self.called[operation] += 1
        return super().call(service, operation, request)

    def add(self, project: str, stage: str, age: timedelta, *variants: dict[str, Any]) -> str:
        """Add an endpoint whose only variants are these."""
        name = f"{project}-{stage}"
        self.tags[f"{ARN}{name.lower()}"] = {
            "sagemaker:project-id": "p-abcdefghijkl",
            "sagemaker:project-name": project,
            "mlops:stage": stage,
        }
        self.endpoints[name] = {
            "EndpointName": name,
            "EndpointConfigName": f"config-{name}",
            "EndpointStatus": "InService",
            "CreationTime": NOW - age,
            "ProductionVariants": [
                {"VariantName": f"v{number}", **variant} for number, variant in enumerate(variants)
            ],
        }
        return name

    def _GetResources(  # noqa: N802
        self,
        ResourceTypeFilters: Any,  # noqa: N803
        TagFilters: Any,  # noqa: N803
        PaginationToken: str = "",  # noqa: N803
    ) -> Any:
        assert ResourceTypeFilters == ["sagemaker:endpoint"]
        wanted = {one["Key"] for one in TagFilters}
        found = [
            {"ResourceARN": arn, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
            for arn, tags in sorted(self.tags.items())
            if wanted <= tags.keys()
        ]
        start = int(PaginationToken or 0)
        more = str(start + 2) if len(found) > start + 2 else ""
        return {"ResourceTagMappingList": found[start : start + 2], "PaginationToken": more}

    def _DescribeEndpoint(self, EndpointName: str) -> Any:  # noqa: N802, N803
        if EndpointName not in self.endpoints:
            said = f'Could not find endpoint "{EndpointName}".'
            raise client_error("DescribeEndpoint", "ValidationException", said)
        return self.endpoints[EndpointName]

    def _DescribeEndpointConfig(self, EndpointConfigName: str) -> Any:  # noqa: N802, N803
        name = EndpointConfigName.removeprefix("config-")
        if name not in self.endpoints:
            said = "Could not find endpoint configuration."
            raise client_error("DescribeEndpointConfig", "ValidationException", said)
        variants = self.endpoints[name]["ProductionVariants"]
        return {
            "ProductionVariants": [
                {"VariantName": one["VariantName"], "InstanceType": "ml.m5.large"}
                if one.get("CurrentInstanceCount")
                else {"VariantName": one["VariantName"], "ServerlessConfig": {}}
                for one in variants
            ]
        }

    def _GetMetricData(  # noqa: N802
        self,
        MetricDataQueries: Any,  # noqa: N803
        StartTime: datetime,  # noqa: N803
        EndTime: datetime,  # noqa: N803
        NextToken: str = "",  # noqa: N803
    ) -> Any:
        """The first page has the first value of each metric, the next the others."""
        assert EndTime - StartTime == timedelta(days=14)
        assert len(MetricDataQueries) <= 500
        if not NextToken:
            self.queries.append(len(MetricDataQueries))
        results = []
        for query in MetricDataQueries:
            stat = query["MetricStat"]
            assert (stat["Metric"]["Namespace"], stat["Metric"]["MetricName"], stat["Stat"]) == (
                "AWS/SageMaker",
                "Invocations",
                "Sum",
            )
            assert stat["Period"] % 60 == 0
            of = {one["Name"]: one["Value"] for one in stat["Metric"]["Dimensions"]}
            points = self.asked.get((of["EndpointName"], of["VariantName"]), {})
            values = [count for when, count in points.items() if StartTime <= when < EndTime]
            results.append(
                {
                    "Id": query["Id"],
                    "StatusCode": self.status,
                    "Values": values[1:] if NextToken else values[:1],
                }
            )
        return {"MetricDataResults": results, **({} if NextToken else {"NextToken": "more"})}


@dataclass
class World:
    """The function over these."""

    aws: Aws = field(default_factory=Aws)
    time: FakeTime = field(default_factory=FakeTime)

    def look(self) -> str:
        """Run the function for the schedule."""
        tools = Toolbox(
            environment={"METRIC_NAMESPACE": "MLOpsSageMakerProject"},
            http=None,  # type: ignore[arg-type]  # nobody is asked but AWS
            aws=self.aws.client,
            clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.5,
        )
        return look_at_endpoints({"Look": "endpoints"}, FakeContext(300), tools)

    @property
    def counted(self) -> list[float]:
        """What CloudWatch was told."""
        assert all(put["Namespace"] == "MLOpsSageMakerProject" for put in self.aws.metrics)
        data = [datum for put in self.aws.metrics for datum in put["MetricData"]]
        assert all(datum["MetricName"] == "IdleEndpoints" for datum in data)
        return [datum["Value"] for datum in data]


@pytest.fixture
def world(caplog: pytest.LogCaptureFixture) -> World:
    """A world without endpoints."""
    caplog.set_level(logging.INFO)
    return World()


OLD = timedelta(days=14)


def test_an_endpoint_that_nobody_asks_is_named_and_counted(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.aws.add("Rings", "prod", OLD, INSTANCES)
    assert world.look() == "nobody asked 1 of 1 endpoints in 14 days"
    assert world.counted == [1.0]
    assert caplog.messages == [
        "endpoint Rings-prod of Rings-p-abcdefghijkl in 14 days was asked by nobody, and it keeps "
        "2 x ml.m5.large"
    ]


@pytest.mark.parametrize(
    ("age", "variants", "asked"),
    [
        pytest.param(TOO_YOUNG, [INSTANCES], {}, id="younger than 14 days"),
        pytest.param(OLD, [SERVERLESS], {}, id="serverless costs nothing"),
        pytest.param(OLD, [{"CurrentInstanceCount": 0}], {}, id="scaled to nothing"),
        pytest.param(OLD, [INSTANCES], {"v0": [1]}, id="asked once, 14 days ago"),
        pytest.param(OLD, [INSTANCES, INSTANCES], {"v1": [5]}, id="another variant is asked"),
        pytest.param(OLD, [INSTANCES], {"v0": [0, 0, 2]}, id="told on the second page"),
        pytest.param(OLD, [], {}, id="without variants"),
    ],
)
def test_others_are_not(
    world: World, age: timedelta, variants: list[Any], asked: dict[str, list[int]]
) -> None:
    name = world.aws.add("rings", "prod", age, *variants)
    for variant, counts in asked.items():
        days = {NOW - timedelta(days=14 - n): float(one) for n, one in enumerate(counts)}
        world.aws.asked[name, variant] = days
    world.look()
    assert world.counted == [0.0]


def test_what_was_asked_longer_ago_does_not_count(world: World) -> None:
    name = world.aws.add("rings", "prod", timedelta(days=60), INSTANCES)
    world.aws.asked[name, "v0"] = {NOW - timedelta(days=14, seconds=1): 9.0}
    world.look()
    assert world.counted == [1.0]


def test_provisioned_concurrency_costs_something(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.aws.add("rings", "prod", OLD, PROVISIONED)
    world.look()
    assert world.counted == [1.0]
    assert caplog.messages[0].endswith("it keeps 2 x provisioned-concurrency")


def test_without_endpoints_nothing_is_asked_and_none_counted(world: World) -> None:
    assert world.look() == "nobody asked 0 of 0 endpoints in 14 days"
    assert world.counted == [0.0]
    assert world.aws.called == {"GetResources": 1, "PutMetricData": 1}


def test_endpoints_of_others_are_not_looked_at(world: World) -> None:
    world.aws.add("rings", "prod", OLD, INSTANCES)
    for tags in world.aws.tags.values():
        del tags["mlops:stage"]
    world.look()
    assert world.counted == [0.0]
    assert not world.aws.called["DescribeEndpoint"]


@pytest.mark.parametrize("count", [1, 2, 5, 500, 501, 1001])
def test_every_page_is_read_and_500_metrics_are_asked_at_once(world: World, count: int) -> None:
    for number in range(count):
        name = world.aws.add(f"p{number}", "prod", OLD, INSTANCES)
        if number % 2:
            world.aws.asked[name, "v0"] = {NOW - OLD: 1.0}
    world.look()
    assert world.counted == [float((count + 1) // 2)]
    assert sum(world.aws.queries) == count
    assert len(world.aws.queries) == -(-count // 500)


def test_an_endpoint_that_is_deleted_meanwhile_is_passed_over(world: World) -> None:
    world.aws.add("gone", "prod", OLD, INSTANCES)
    world.aws.add("rings", "prod", OLD, INSTANCES)
    del world.aws.endpoints["gone-prod"]
    world.look()
    assert world.counted == [1.0]


@pytest.mark.parametrize("status", ["Deleting", "Failed"])
def test_an_endpoint_without_instances_any_more_is_passed_over(world: World, status: str) -> None:
    name = world.aws.add("rings", "prod", OLD, INSTANCES)
    world.aws.endpoints[name]["EndpointStatus"] = status
    world.look()
    assert world.counted == [0.0]


def test_a_configuration_that_is_deleted_meanwhile_leaves_the_type_open(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    name = world.aws.add("rings", "prod", OLD, INSTANCES)
    world.aws.endpoints[name]["EndpointConfigName"] = "config-gone"
    world.look()
    assert caplog.messages[0].endswith("it keeps 2 x instance")


@pytest.mark.parametrize("status", ["InternalError", "Forbidden"])
def test_what_cloudwatch_does_not_know_is_not_taken_for_nobody(world: World, status: str) -> None:
    world.aws.add("rings", "prod", OLD, INSTANCES)
    world.aws.status = status
    with pytest.raises(InvocationsUnknownError, match=f"{status} for the .* endpoint rings-prod"):
        world.look()
    assert world.counted == []


OPERATIONS = (
    "GetResources",
    "DescribeEndpoint",
    "GetMetricData",
    "DescribeEndpointConfig",
    "PutMetricData",
)


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_passing_failure_of_aws_is_outlasted(world: World, operation: str, kind: str) -> None:
    world.aws.add("rings", "prod", OLD, INSTANCES)
    world.aws.faults.append(AwsFault(operation, kind, times=3))
    world.look()
    assert set(world.counted) == {1.0}


@pytest.mark.parametrize("kind", ["throttled", "failing", "lost"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_lasting_failure_of_aws_is_raised(world: World, operation: str, kind: str) -> None:
    world.aws.add("rings", "prod", OLD, INSTANCES)
    world.aws.faults.append(AwsFault(operation, kind, times=0))
    with pytest.raises(Exception, match=r"ThrottlingException|InternalServerError|timeout"):
        world.look()


def test_an_endpoint_is_found_by_the_name_that_its_metrics_have(world: World) -> None:
    """SageMaker may write an ARN in small letters."""
    name = world.aws.add("Rings", "prod", OLD, INSTANCES, SERVERLESS)
    tagging, sagemaker = map(world.aws.client, ("resourcegroupstaggingapi", "sagemaker"))
    assert list(find_endpoints(tagging, sagemaker)) == [
        Endpoint(name, "Rings-p-abcdefghijkl", f"config-{name}", NOW - OLD, (Variant("v0", 2, 0),))
    ]
