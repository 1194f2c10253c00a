"""A hundred projects take few requests each, and few at a time."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from operations.fleet.gaps import Gaps
from operations.fleet.overview import THREADS, look

MANY = 100
NOW = datetime(2026, 11, 27, 4, tzinfo=UTC)
_ARN = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/g/1"
_REPORT = b'{"regression_metrics": {"rmse": {"value": 2.5}}}'


class Pages:
    """A paginator of one page."""

    def __init__(self, page: dict[str, Any]) -> None:
        self._page = page

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        return [self._page]


class Body:
    def read(self, _most: int) -> bytes:
        return _REPORT


STAGES = {"Parameters": [{"ParameterKey": "StageAccounts", "ParameterValue": "222233334444"}]}
ANSWERS: dict[str, Callable[..., Any]] = {
    "describe_stacks": lambda **_: {
        "Stacks": [
            {
                "StackStatus": "CREATE_COMPLETE",
                "Outputs": [{"OutputKey": "XProductId", "OutputValue": "prod-1"}],
                **STAGES,
            }
        ]
    },
    "search_provisioned_products": lambda **request: _provisioned(request.get("PageToken")),
    "list_provisioning_artifacts": lambda **_: {
        "ProvisioningArtifactDetails": [{"Id": "pa-1", "Name": "1.0", "CreatedTime": NOW}]
    },
    "list_pipeline_executions": lambda **_: {
        "PipelineExecutionSummaries": [{"PipelineExecutionStatus": "Succeeded", "StartTime": NOW}]
    },
    "list_model_packages": lambda **_: {"ModelPackageSummaryList": [{"ModelPackageArn": _ARN}]},
    "describe_model_package": lambda **_: {
        "ModelPackageVersion": 1,
        "CustomerMetadataProperties": {"gate-metric": "rmse"},
        "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://b/evaluation.json"}}},
    },
    "get_object": lambda **_: {"Body": Body()},
    "batch_get_item": lambda **_: {"Responses": {}},
    "get_paginator": lambda _name: Pages({"events": []}),
    "get_metric_statistics": lambda **_: {"Datapoints": [{"Timestamp": NOW, "Minimum": 3.0}]},
    "get_cost_and_usage": lambda **_: {"ResultsByTime": []},
}


def _provisioned(token: str | None) -> dict[str, Any]:
    start = int(token or 0)
    page = [
        {
            "Name": f"project{number}-p-{number:012}",
            "Id": f"pp-{number}",
            "ProductId": "prod-1",
            "ProvisioningArtifactId": "pa-1",
            "Status": "AVAILABLE",
            "PhysicalId": "arn:stack",
        }
        for number in range(start, start + MANY // 2)
    ]
    more = {"NextPageToken": str(start + MANY // 2)} if start < MANY // 2 else {}
    return {"ProvisionedProducts": page, **more}


class Session:
    """Counts requests, and how many are under way at once."""

    region_name = "eu-west-1"

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.most = 0
        self.makers: set[str] = set()
        self._lock = threading.Lock()
        self._under_way = 0
        self._several = threading.Event()

    def client(self, _service: str, **_: Any) -> Any:
        self.makers.add(threading.current_thread().name)
        return self

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*words: Any, **request: Any) -> Any:
            with self._lock:
                self.requests[name] += 1
                self._under_way += 1
                self.most = max(self.most, self._under_way)
                if self._under_way == THREADS:
                    self._several.set()
            if name == "list_pipeline_executions":
                self._several.wait(10)  # until as many are under way as there may be
            try:
                return ANSWERS[name](*words, **request)
            finally:
                with self._lock:
                    self._under_way -= 1

        return ask


@pytest.fixture
def session() -> Session:
    return Session()


def test_a_hundred_projects_take_five_requests_each_and_nine_for_all(session: Session) -> None:
    gaps = Gaps()
    projects = look(session, gaps, NOW)
    assert len(projects) == MANY
    assert all(one.metric and one.metric.value == 2.5 for one in projects)
    each = {name for name, count in session.requests.items() if count >= MANY}
    assert each == {
        "describe_stacks",
        "list_pipeline_executions",
        "list_model_packages",
        "describe_model_package",
        "get_object",
    }
    assert sum(session.requests.values()) == 5 * MANY + 9
    assert session.most == THREADS
    assert session.makers == {threading.current_thread().name}
    assert "Credential: of all tokens, the first to end lasts 3 days." in gaps.lines
    hidden = [
        line for line in gaps.lines if line.endswith("in 222233334444 are not visible from here.")
    ]
    assert len(hidden) == MANY
