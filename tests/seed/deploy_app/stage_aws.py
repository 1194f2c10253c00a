"""A stage's account as far as a deployment sees it: one stack, one endpoint, and time that passes.

Nothing happens at once: a change ends some minutes after it was asked for, and a session of a role
ends after an hour. How the next change ends is told by `ends`.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import yaml
from botocore.exceptions import ClientError, WaiterError

SESSION_SECONDS = 3600.0
_BY_STEPS_SECONDS, _AT_ONCE_SECONDS = 2400.0, 480.0
_POLL_SECONDS = 5.0
GOOD, BAD = "9.5\n7.25\n", "1\n2\n"


def template(version: str, *, serverless: bool = False) -> dict[str, Any]:
    """What of a stage's template matters: version, kind of variant and way of its deployment."""
    variant = {"ServerlessConfig": {}} if serverless else {"InstanceType": "ml.m5.large"}
    config = {"Type": "AWS::SageMaker::EndpointConfig"}
    endpoint = {"Type": "AWS::SageMaker::Endpoint", "Properties": {"DeploymentConfig": {}}}
    return {
        "Resources": {
            "EndpointConfig": {**config, "Properties": {"ProductionVariants": [variant]}},
            "Endpoint": endpoint,
        },
        "Metadata": {"version": version},
    }


class StageAws:
    """Answers like boto3's clients of CloudFormation, SageMaker and its runtime."""

    def __init__(self) -> None:
        self.now = 0.0
        self.session_began = 0.0
        self.stack: dict[str, Any] | None = None
        self.config = ""  # which the endpoint serves; empty if there is none
        self.versions: dict[str, str] = {}  # by configuration
        self.kept: set[str] = set()  # configurations that nobody deleted
        self.ends: list[str] = []
        self.seconds: float | None = None  # that the next change takes, if not as usual
        self.unfit = ""
        self.writes: list[str] = []
        self.events: list[dict[str, Any]] = []
        self._change: tuple[float, Callable[[], None]] | None = None
        self.exceptions = SimpleNamespace(ClientError=ClientError)

    @property
    def serves(self) -> str:
        """The version that the endpoint answers with; empty if none."""
        return self.versions.get(self.config, "")

    @property
    def is_changing(self) -> bool:
        return self._change is not None

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self._change and self._change[0] <= self.now:
            finish, self._change = self._change[1], None
            finish()

    def begin_with(self, version: str, *, serverless: bool = False) -> None:
        """Let the stage serve a version already."""
        self._make(template(version, serverless=serverless), "CREATE_COMPLETE")

    def describe_stacks(self, **_: Any) -> dict[str, Any]:
        self._authorize()
        if self.stack is None:
            raise _error("ValidationError", "Stack with id mlops does not exist")
        shown = {key: self.stack[key] for key in ("StackStatus", "Tags")}
        outputs = [{"OutputKey": k, "OutputValue": v} for k, v in self.stack["outputs"].items()]
        return {"Stacks": [{**shown, "Outputs": outputs}]}

    def describe_stack_events(self, **_: Any) -> dict[str, Any]:
        self.describe_stacks()
        return {"StackEvents": list(reversed(self.events))}

    def get_template(self, **_: Any) -> dict[str, Any]:
        self.describe_stacks()
        assert self.stack is not None
        # boto3 gives a template in JSON as a mapping, and any other, as `cdk` makes it, as a text.
        return {"TemplateBody": yaml.safe_dump(self.stack["template"])}

    def create_stack(self, **asked: Any) -> None:
        self._write("create_stack")
        assert self.stack is None
        assert asked["RoleARN"]
        body = json.loads(asked["TemplateBody"])
        self.stack = {"StackStatus": "CREATE_IN_PROGRESS", "Tags": [], "outputs": {}}
        self.stack["template"] = body
        failed = self._next_end() in ("told", "silent", "stuck")
        finish = self._fail_creation if failed else lambda: self._make(body, "CREATE_COMPLETE")
        self._start(body, finish)

    def update_stack(self, **asked: Any) -> None:
        self._write("update_stack")
        assert self.stack is not None
        assert self.stack["StackStatus"] in (
            *("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"),
        )
        body = json.loads(asked["TemplateBody"])
        # Without the configuration that it leaves, SageMaker changes no endpoint.
        ends = self._next_end() if self.config in self.kept else "told"
        finish = {
            "success": lambda: self._make(body, "UPDATE_COMPLETE"),
            "told": lambda: self._fail("UPDATE_ROLLBACK_COMPLETE"),
            "stuck": lambda: self._fail("UPDATE_ROLLBACK_FAILED"),
            "silent": lambda: self._make(body, "UPDATE_COMPLETE", is_served=False),
        }[ends]
        self.stack["StackStatus"] = "UPDATE_IN_PROGRESS"
        self._start(body, finish)

    def continue_update_rollback(self, **_: Any) -> None:
        self._write("continue_update_rollback")
        assert self.stack is not None
        assert self.stack["StackStatus"] == "UPDATE_ROLLBACK_FAILED"
        self.stack["StackStatus"] = "UPDATE_ROLLBACK_IN_PROGRESS"
        again = self._next_end() == "stuck"
        status = "UPDATE_ROLLBACK_FAILED" if again else "UPDATE_ROLLBACK_COMPLETE"
        self._start({}, lambda: self._fail(status))

    def delete_stack(self, **_: Any) -> None:
        self._write("delete_stack")
        assert self.stack is not None
        assert not self.is_changing
        self.stack["StackStatus"] = "DELETE_IN_PROGRESS"
        self._start({}, self._vanish)

    def get_waiter(self, what: str) -> Any:
        return SimpleNamespace(wait=lambda **_: self._wait(what))

    def describe_endpoint(self, **_: Any) -> dict[str, Any]:
        self._authorize()
        if not self.config:
            raise _error("ValidationException", 'Could not find endpoint "arn".')
        status = "Updating" if self.is_changing else "InService"
        return {"EndpointStatus": status, "EndpointConfigName": self.config}

    def invoke_endpoint(self, **_: Any) -> dict[str, Any]:
        self._authorize()
        body = BAD if self.serves == self.unfit else GOOD
        return {"Body": io.BytesIO(body.encode())}

    def _authorize(self) -> None:
        if self.now - self.session_began > SESSION_SECONDS:
            raise _error("ExpiredToken", "The security token included in the request is expired")

    def _write(self, operation: str) -> None:
        self._authorize()
        self.writes.append(operation)

    def _next_end(self) -> str:
        return self.ends.pop(0) if self.ends else "success"

    def _start(self, body: dict[str, Any], finish: Callable[[], None]) -> None:
        by_steps = "DeploymentConfig" in json.dumps(body)
        usual = _BY_STEPS_SECONDS if by_steps else _AT_ONCE_SECONDS
        self._change = (self.now + (self.seconds or usual), finish)
        self.seconds = None

    def _make(self, body: dict[str, Any], status: str, *, is_served: bool = True) -> None:
        config, version = f"config-{len(self.events)}", body["Metadata"]["version"]
        outputs = {"EndpointConfigName": config, "ModelPackageArn": version}
        self.stack = {"StackStatus": status, "template": body, "outputs": outputs, "Tags": []}
        self.versions[config] = version
        self.kept = {config}  # CloudFormation deletes the one that it thinks it replaced
        if is_served:
            self.config = config
        self._say(status)

    def _fail(self, status: str) -> None:
        assert self.stack is not None
        self.stack["StackStatus"] = status
        self._say("UPDATE_FAILED", "the alarm went off")

    def _fail_creation(self) -> None:
        assert self.stack is not None
        self.stack["StackStatus"] = "ROLLBACK_COMPLETE"
        self._say("CREATE_FAILED", "the ping failed")

    def _vanish(self) -> None:
        self.stack, self.config = None, ""

    def _say(self, status: str, reason: str = "") -> None:
        event = {"EventId": str(len(self.events)), "LogicalResourceId": "Endpoint", "StackId": "s"}
        self.events.append({**event, "ResourceStatus": status, "ResourceStatusReason": reason})

    def _wait(self, what: str) -> None:
        wanted = what.removeprefix("stack_").removesuffix("_complete").upper()
        while self.is_changing:
            self._authorize()
            self.sleep(_POLL_SECONDS)
        status = self.stack["StackStatus"] if self.stack else "DELETE_COMPLETE"
        if status != f"{wanted}_COMPLETE":
            raise WaiterError(name=what, reason=f"it is {status}", last_response={})


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")
