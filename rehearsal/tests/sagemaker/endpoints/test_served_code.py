"""Served code is installed as AWS's container installs it, and its answers arrive as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from rehearsal.tests.sagemaker.sagemaker_aws import SageMakerAws
from rehearsal.tests.sagemaker.versions import INSTALLABLE, Versions


@pytest.fixture(scope="module")
def versions(aws: SageMakerAws) -> Iterator[Versions]:
    made = Versions(aws)
    yield made
    made.close()


def _isolated(versions: Versions, name: str, variables: Mapping[str, str]) -> str:
    """A configuration of an instance that reaches no network."""
    model = {"variables": variables, "EnableNetworkIsolation": True}
    return versions.config(name, instances=1, model=model)


def test_in_isolation_code_that_needs_tools_from_an_index_is_not_served(
    aws: SageMakerAws, versions: Versions
) -> None:
    name = _isolated(versions, "alone", {})
    aws.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    versions.endpoints.append(name)
    shown = aws.settled_endpoint(name)
    assert shown["EndpointStatus"] == "Failed"
    assert "pip could not install the code" in shown["FailureReason"]


@pytest.fixture(scope="module")
def served(versions: Versions) -> str:
    """An endpoint in isolation whose code needs nothing."""
    return versions.endpoint("content", _isolated(versions, "content", INSTALLABLE))


def test_in_isolation_code_that_needs_nothing_is_served(aws: SageMakerAws, served: str) -> None:
    assert aws.predict(served, "which") == served


@pytest.mark.parametrize(
    ("body", "content_type"), [("json", "application/json"), ("which", "text/csv; charset=utf-8")]
)
def test_an_answer_has_the_type_that_the_container_gave_it(
    aws: SageMakerAws, served: str, body: str, content_type: str
) -> None:
    answer = aws.runtime.invoke_endpoint(EndpointName=served, ContentType="text/csv", Body=body)
    assert answer["ContentType"] == content_type


def test_an_error_of_the_runtime_is_json(aws: SageMakerAws, served: str) -> None:
    with pytest.raises(aws.runtime.exceptions.ModelError) as error:
        aws.predict(served, "fail")
    headers = error.value.response["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/json"
