"""Operations of the functions that ask AWS alone: data, endpoints and versions of the product."""

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import urllib3

from cloudformation_response.response import ResponseNotDeliveredError
from invocation.toolbox import Toolbox
from product_versions.handler import handle_request as answer_product
from project_data.handler import handle_request as answer_data
from tests.killed_function import FunctionKilled
from tests.rehearsed.functions.aws_faults.catalog_services import CatalogServices
from tests.rehearsed.functions.aws_faults.faulty_aws import FaultyAws
from tests.rehearsed.functions.aws_faults.project_services import ProjectServices
from tests.unit.functions.invocation_fakes import FakeTime, custom_resource_event

PROJECT = "p-0123456789ab"
STACK = f"mlops-{PROJECT}-dev"
_LAMBDA_TRIES = 3
_TEMPLATE = json.dumps({"Resources": {}}).encode()
_TEMPLATE_KEY = f"{hashlib.sha256(_TEMPLATE).hexdigest()}.json"
_BUNDLE_KEY = f"{hashlib.sha256(b'seed').hexdigest()}.zip"
_DATA = {
    "BucketName": "mlops-x",
    "KeyId": "11111111-2222",
    "ModelPackageGroupName": "rings",
    "PipelineName": "rings",
}
_ENDPOINTS = {"ProjectId": PROJECT, "StackNames": [STACK]}
_PRODUCT = {
    "Distributor": "template/Thing",
    "Name": "A thing",
    "Owner": "us",
    "Description": "It does things",
    "Tags": {"a": "b"},
    "Release": "1.0",
    "TemplateUrl": f"https://s3.eu-west-1.amazonaws.com/uploads/{_TEMPLATE_KEY}",
    "Files": [{"Bucket": "uploads", "Key": _BUNDLE_KEY}],
    "Bucket": "versions",
}
Handle = Callable[[dict[str, Any], Any, Toolbox], None]


@dataclass(frozen=True)
class Operation:
    """A request of CloudFormation, and what there is before it.

    Attributes:
        function_seconds: after which Lambda ends the function.
    """

    name: str
    handle: Handle
    event: dict[str, Any]
    services: Callable[[], Any]
    function_seconds: float


def _catalog(*versions: str, used: tuple[str, ...] = ()) -> Callable[[], CatalogServices]:
    def make() -> CatalogServices:
        services = CatalogServices(uploads={_TEMPLATE_KEY: _TEMPLATE, _BUNDLE_KEY: b"seed"})
        if versions:
            services.products = {"prod-0": "template/Thing"}
            known = {f"pa-{at}": (name, True, "DEFAULT") for at, name in enumerate(versions)}
            services.versions, services.kept = {"prod-0": known}, {"old.zip": b"old"}
            services.used = set(used)
        return services

    return make


def _request(kind: str, type_: str, properties: dict[str, Any], id_: str) -> dict[str, Any]:
    more = {} if kind == "Create" else {"PhysicalResourceId": id_}
    return custom_resource_event(kind, type_, properties, **more)


def _data(name: str, on_delete: str) -> Operation:
    properties = {**_DATA, "OnDelete": on_delete}
    event = _request("Delete", "Custom::ProjectData", properties, "project-data:mlops-x")
    return Operation(name, answer_data, event, ProjectServices, 900.0)


def _product(name: str, kind: str, services: Callable[[], Any]) -> Operation:
    event = _request(kind, "Custom::CatalogProduct", _PRODUCT, "catalog-product:template/Thing")
    return Operation(name, answer_product, event, services, 300.0)


OPERATIONS = {
    operation.name: operation
    for operation in (
        _data("data keep", "keep"),
        _data("data delete", "delete"),
        Operation(
            "endpoints",
            answer_data,
            _request(
                "Delete", "Custom::ProjectEndpoints", _ENDPOINTS, f"project-endpoints:{PROJECT}"
            ),
            lambda: ProjectServices(stacks={STACK: "UPDATE_COMPLETE"}),
            900.0,
        ),
        _product("first version", "Create", _catalog()),
        _product("next version", "Update", _catalog("0.1-a", "0.2-b", used=("pa-0",))),
        _product("withdrawal", "Delete", _catalog("0.1-a", "0.2-b")),
        _product("withdrawal of used", "Delete", _catalog("0.1-a", "0.2-b", used=("pa-0",))),
    )
}


class Play:
    """One operation on a world of its own; also CloudFormation's ear.

    `refusals`: how often the response's address takes no answer. `longest_seconds`: of an
    invocation.
    """

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self.time = FakeTime()
        self.services = operation.services()
        self.aws = FaultyAws((self.services,), self.time.sleep)
        self.answers: list[dict[str, Any]] = []
        self.refusals = 0
        self.longest_seconds = 0.0

    def run(self) -> dict[str, Any]:
        """Let Lambda run the request; what CloudFormation hears first, or nothing."""
        before = len(self.answers)
        for attempt in range(1, _LAMBDA_TRIES + 1):
            began = self.time.now
            try:
                self._operation.handle(copy.deepcopy(self._operation.event), self, self._tools())
            except (FunctionKilled, ResponseNotDeliveredError):
                self.time.sleep(60.0 * attempt)
            else:
                break
            finally:
                self.longest_seconds = max(self.longest_seconds, self.time.now - began)
        return self.answers[before] if len(self.answers) > before else {}

    def state(self) -> Any:
        """Return what there is in AWS, but for the tokens of requests."""
        return {key: value for key, value in vars(self.services).items() if key != "tokens"}

    aws_request_id, log_group_name = "request-1", "/aws/lambda/function"
    invoked_function_arn = "arn:aws:lambda:eu-west-1:111122223333:function:any"

    def get_remaining_time_in_millis(self) -> int:
        """Return what Lambda leaves an invocation that begins."""
        return int(self._operation.function_seconds * 1000)

    def request(self, method: str, _url: str, **options: Any) -> urllib3.HTTPResponse:
        """Take an answer."""
        assert method == "PUT"
        if self.refusals:
            self.refusals -= 1
            self.time.sleep(3.0)
            raise urllib3.exceptions.ReadTimeoutError(None, "", "silent")  # type: ignore[arg-type]
        self.answers.append(json.loads(options["body"]))
        return urllib3.HTTPResponse(status=200)

    def _tools(self) -> Toolbox:
        return Toolbox(
            environment={},
            http=self,
            aws=self.aws.client,
            clock=self.time.clock,
            sleep=self.time.sleep,
            random=lambda: 0.5,
        )
