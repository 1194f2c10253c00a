"""What surrounds the repository function in a test: GitHub, AWS, Lambda, CloudFormation's ear.

GitHub is the local one with real git, in this process. Lambda is as on AWS: an invocation that dies
or raises is tried again twice, and one that the function starts by itself is run.
"""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import urllib3

from invocation.toolbox import Toolbox
from project_repository.handler import handle_request
from rehearsal.tests.github.in_process_github import TOKEN, InProcessGitHub
from tests.killed_function import FunctionKilled
from tests.rehearsed.functions.aws_faults.faulty_aws import APPLIED, BOTO_SECONDS, error_of
from tests.rehearsed.functions.outages import Outage
from tests.unit.functions.fake_aws import AwsFault
from tests.unit.functions.invocation_fakes import client_error

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mlops-sm-project/x"
STACK_ID = "arn:aws:cloudformation:eu-west-1:111122223333:stack/SC-111122223333-pp-x/1"
FUNCTION_ARN = "arn:aws:lambda:eu-west-1:111122223333:function:mlops-sm-project-repository"
RESPONSE_URL = "https://answers.example/stack?X-Amz-Signature=do-not-log-me"
FUNCTION_SECONDS = 900.0
LAMBDA_TRIES = 3
_SERVICES = ("secretsmanager", "s3", "cloudformation", "lambda", "servicecatalog", "sagemaker")
Files = Mapping[str, tuple[bytes, int]]


@dataclass
class Context:
    """Lambda's context: what is left of the function's time on the stage's clock."""

    ends_at: float
    clock: Callable[[], float]
    aws_request_id: str = "request-1"
    invoked_function_arn: str = FUNCTION_ARN
    log_group_name: str = "/aws/lambda/function"

    def get_remaining_time_in_millis(self) -> int:
        """Return the rest of the function's time."""
        return int((self.ends_at - self.clock()) * 1000)


def zipped(files: Files) -> bytes:
    """A bundle with file modes, as the CDK makes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, (content, mode) in files.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (mode if mode > 0o777 else 0o100000 | mode) << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


@dataclass
class Aws:
    """The AWS services that the function asks.

    `errors`: method -> what it ends in. `faults`: what goes wrong at single calls, by operation.
    `calls`: the operations that were asked for. `pass_time`: moves the clock.
    `launched`, `project`: what Service Catalog and SageMaker recorded of the launch.
    """

    tokens: dict[str, str] = field(default_factory=lambda: {SECRET_ARN: TOKEN})
    bundles: dict[str, bytes] = field(default_factory=dict)
    stack_status: str = "CREATE_IN_PROGRESS"
    errors: dict[str, Exception] = field(default_factory=dict)
    invoked: list[dict[str, Any]] = field(default_factory=list)
    faults: list[AwsFault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    pass_time: Callable[[float], None] = lambda seconds: None
    launched: list[dict[str, Any]] = field(default_factory=list)
    project: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> "Aws":
        """Every client is this object: the operations of the services have different names."""
        assert service in _SERVICES
        return self

    def _answer(self, method: str, answer: Callable[[], Any]) -> Any:
        if error := self.errors.get(method):
            raise error
        operation = "".join(part.capitalize() for part in method.split("_"))
        self.calls.append(operation)
        fault = next((fault for fault in self.faults if fault.strikes(operation)), None)
        if fault is None:
            return answer()
        self.pass_time(BOTO_SECONDS.get(fault.kind, 0.0))
        if fault.kind in APPLIED:
            answer()
        raise error_of(fault.kind, operation)

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - as AWS names it
        """Secrets Manager."""
        if SecretId not in self.tokens:
            raise client_error("GetSecretValue", "ResourceNotFoundException")
        token = self.tokens[SecretId]
        answer: dict[str, str] = self._answer("get_secret_value", lambda: {"SecretString": token})
        return answer

    def search_provisioned_products(
        self,
        *,
        AccessLevelFilter: dict[str, str],  # noqa: N803
        Filters: dict[str, list[str]],  # noqa: N803
    ) -> dict[str, Any]:
        """Service Catalog."""
        assert AccessLevelFilter == {"Key": "Account", "Value": "self"}
        (query,) = Filters["SearchQuery"]
        found = [one for one in self.launched if query == f"id:{one['Id']}"]
        answer: dict[str, Any] = self._answer(
            "search_provisioned_products", lambda: {"ProvisionedProducts": found}
        )
        return answer

    def describe_project(self, *, ProjectName: str) -> dict[str, Any]:  # noqa: N803
        """SageMaker."""
        if self.project.get("ProjectName") != ProjectName:
            said = f"Project {ProjectName} does not exist."
            raise client_error("DescribeProject", "ValidationException", said)
        answer: dict[str, Any] = self._answer("describe_project", lambda: self.project)
        return answer

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        """S3."""
        answer: dict[str, Any] = self._answer(
            "get_object", lambda: {"Body": io.BytesIO(self.bundles[Key])}
        )
        return answer

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
        """CloudFormation."""
        assert StackName == STACK_ID
        stacks = {"Stacks": [{"StackStatus": self.stack_status}]}
        answer: dict[str, Any] = self._answer("describe_stacks", lambda: stacks)
        return answer

    def invoke(
        self,
        *,
        FunctionName: str,  # noqa: N803
        InvocationType: str,  # noqa: N803
        Payload: bytes,  # noqa: N803
    ) -> dict[str, int]:
        """Lambda."""
        assert (FunctionName, InvocationType) == (FUNCTION_ARN, "Event")
        self._answer("invoke", lambda: self.invoked.append(json.loads(Payload)))
        return {"StatusCode": 202}


class RepositoryWorld:
    """A world for the repository function; also its HTTP pool.

    `revoked_from`: the number of the request from which on GitHub knows the token no more.
    `outage`: while it lasts, GitHub is away.
    `waits`: how long CloudFormation waited for each answer, in seconds.
    `deletion_allowed`: False where the organization forbids its members to delete repositories.
    """

    def __init__(self, github: InProcessGitHub) -> None:
        self.github = github
        self.aws = Aws(pass_time=github.clock.advance)
        self.answers: list[dict[str, Any]] = []
        self.slept: list[float] = []
        self.handed_over: list[dict[str, Any]] = []
        self.began_at = github.clock.seconds()
        self.revoked_from: int | None = None
        self.deletion_allowed = True
        self.sent = 0
        self.outage: Outage | None = None
        self.waits: list[float] = []

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Send to GitHub or to CloudFormation's response address."""
        if url == RESPONSE_URL:
            assert method == "PUT"
            assert len(options["body"]) <= 4096
            self.answers.append(json.loads(options["body"]))
            return urllib3.HTTPResponse(status=200)
        assert options["timeout"].connect_timeout
        assert options["timeout"].read_timeout
        self.sent += 1
        now = self.github.clock.seconds()
        if self.outage is not None and self.outage.meets(now):
            return self.outage.answer(url, now, self.github.clock.advance, options)
        if self.revoked_from is not None and self.sent >= self.revoked_from:
            options["headers"] = {**options["headers"], "Authorization": "Bearer ghp_revoked"}
        if method == "DELETE" and not self.deletion_allowed:
            message = {"message": "Must have admin rights to Repository."}
            return urllib3.HTTPResponse(json.dumps(message).encode(), status=403)
        return self.github.request(method, url, **options)

    def sleep(self, seconds: float) -> None:
        """Let time pass, for GitHub too."""
        self.slept.append(seconds)
        self.github.clock.advance(seconds)

    def tools(self) -> Toolbox:
        """Return the function's tools."""
        return Toolbox(
            environment={"GITHUB_API_URL": self.github.github.api_url},
            http=self,
            aws=self.aws.client,
            clock=self.github.clock.seconds,
            sleep=self.sleep,
            random=lambda: 0.5,
        )

    def run(self, event: dict[str, Any], *, seconds: float = FUNCTION_SECONDS) -> dict[str, Any]:
        """Let Lambda run a request to its end; returns what CloudFormation hears, or nothing."""
        before, began = len(self.answers), self.github.clock.seconds()
        waiting = [event]
        while waiting:
            self._invoke(waiting.pop(0), seconds)
            waiting += self.aws.invoked
            self.handed_over += self.aws.invoked
            self.aws.invoked = []
        self.waits.append(self.github.clock.seconds() - began)
        return self.answers[-1] if len(self.answers) > before else {}

    def _invoke(self, event: dict[str, Any], seconds: float) -> None:
        for attempt in range(1, LAMBDA_TRIES + 1):
            clock = self.github.clock.seconds
            context = Context(clock() + seconds, clock)
            try:
                handle_request(json.loads(json.dumps(event)), context, self.tools())
            except (Exception, FunctionKilled):  # noqa: BLE001 - whatever ends an invocation
                self.github.clock.advance(60.0 * attempt)
            else:
                return

    def requests(self, since: int = 0) -> list[tuple[str, str, str]]:
        """What the function asked of GitHub: method, path, query."""
        listed = self.github.requests.listed(agent="^mlops-sm-project-template", since=since)
        return [(asked.method, asked.path, asked.query) for asked in listed]

    @property
    def last_number(self) -> int:
        """The number of the newest request."""
        listed = self.github.requests.listed()
        return listed[-1].number if listed else 0

    def writes(self, since: int = 0) -> list[tuple[str, str]]:
        """REST requests and pushes that may have changed something, without the API's prefix."""
        return [
            (method, path.removeprefix("/api/v3"))
            for method, path, _ in self.requests(since)
            if method != "GET"
        ]
