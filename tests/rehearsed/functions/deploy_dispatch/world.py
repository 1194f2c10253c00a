"""What surrounds the dispatch function: GitHub, AWS, Lambda's retries, the queue, the redrive."""

import base64
import copy
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import urllib3

from deploy_dispatch.handler import REGISTRY_EVENT, handle_event
from invocation.toolbox import Toolbox
from operations.installation import Installation
from operations.redrive import Redrive
from rehearsal.github.core import resources
from rehearsal.github.core.settings import FineGrainedToken
from rehearsal.tests.github.in_process_github import InProcessGitHub
from tests.killed_function import FunctionKilled
from tests.rehearsed.functions.deploy_dispatch.turns import Turns
from tests.rehearsed.functions.launch_permissions import PERMISSIONS
from tests.unit.functions.fake_aws import FakeAws
from tests.unit.functions.invocation_fakes import SECRET_ARN, FakeContext

GROUP = "Rings-p-abcdefghijkl"
PIPELINE = "assumed-role/mlops-p-abcdefghijkl-execution/SageMaker"
ARNS = "arn:aws:sagemaker:eu-west-1:111122223333"
REPOSITORY = "octo/rings-deploy"
# With the least that a launch needs, so that whatever the function asks for is among it.
LAUNCH_TOKEN = FineGrainedToken(
    token="github_pat_launch",
    login="octo",
    owner="octo",
    permissions=PERMISSIONS,
)
PARAMETER = {
    "owner": "octo",
    "build_repository": "rings-build",
    "deploy_repository": "rings-deploy",
    "deploy_workflow": "deploy.yml",
    "default_branch": "main",
    "token_secret_arn": SECRET_ARN,
    "written_by_a_later_version": "ignored",
}
FUNCTION_SECONDS = 120.0
READ_TIMEOUT_SECONDS = 12.0  # unless it is registered otherwise
LAMBDA_WAITS = (60.0, 120.0)
QUEUE_URL = "https://sqs.test/failures"
_WORKFLOWS = Path(__file__).resolve().parents[4] / "seed_code/deploy_app/.github/workflows"


def identity(by: str) -> str:
    """The ARN of `user/NAME` or `assumed-role/NAME/SESSION`."""
    return f"arn:aws:{'iam' if by.startswith('user/') else 'sts'}::111122223333:{by}"


class DispatchWorld:
    """One project with its deploy repository; time passes only when somebody waits.

    Args:
        github: with nothing in it yet.
        listing_delay: seconds until a new run shows in GitHub's list.

    `registered` is what the platform engineer set besides: variables of the function.
    """

    def __init__(self, github: InProcessGitHub, *, listing_delay: float = 8.0) -> None:
        self.github = github
        self.listing_delay = listing_delay
        self.turns = Turns(github.clock, seed=0)
        self.aws = FakeAws(before_call=lambda operation: self.turns.give_way())
        self.aws.parameters[f"/mlops-sm-project/{GROUP}"] = json.dumps(PARAMETER)
        github.github.access.add_token(LAUNCH_TOKEN)
        self.aws.secrets[SECRET_ARN] = LAUNCH_TOKEN.token
        self.queue: list[dict[str, Any]] = []
        self.said: list[str] = []
        self.errors: list[BaseException] = []
        self.registered: dict[str, str] = {}
        self._blobs: dict[str, str] = {}
        github.github.cancel_listeners.append(self._cancel)
        self._versions = 0
        self._events = 0

    def seed_repository(self) -> None:
        """Create the deploy repository with the workflow that the template seeds."""
        self.github.rest(
            "POST", "/user/repos", {"name": "rings-deploy", "private": True, "auto_init": True}
        )
        for name in ("deploy.yml", "destroy.yml"):
            self.put_file(f".github/workflows/{name}", (_WORKFLOWS / name).read_bytes())
        self.list_stages(dev="automatic", staging="automatic", prod="automatic")

    def _cancel(self, run_id: int) -> None:
        """End a run that has not begun, as GitHub does when it is asked to cancel it."""
        store = self.github.github.store
        run = next(run for run in store.select(resources.Run) if run.id == run_id)
        if run.status == "queued":
            now = self.github.github.now()
            store.put(replace(run, status="completed", conclusion="cancelled", updated_at=now))

    def put_file(self, path: str, content: bytes) -> None:
        """Write a file on the default branch of the deploy repository."""
        address = f"/repos/{REPOSITORY}/contents/{path}"
        body = {"message": "Write", "content": base64.b64encode(content).decode()}
        known = {"sha": self._blobs[path]} if path in self._blobs else {}
        self._blobs[path] = self.github.rest("PUT", address, body | known)["content"]["sha"]

    def list_stages(self, **approvals: str) -> None:
        """Have the project list these stages, each with how a version enters it."""
        stages = [{"name": name, "approval": how} for name, how in approvals.items()]
        self.put_file("config/stages.yml", json.dumps({"stages": stages}).encode())

    def new_version(self, group: str = GROUP, by: str = PIPELINE) -> str:
        """Register a model version and return its ARN."""
        self._versions += 1
        arn = f"{ARNS}:model-package/{group}/{self._versions}"
        self.aws.versions[arn] = ("PendingManualApproval", "Completed")
        self.aws.creators[arn] = identity(by)
        return arn

    def decide(self, arn: str, status: str, by: str = "user/anna") -> dict[str, Any]:
        """Approve or reject a version, and return the event that says so."""
        self.aws.versions[arn] = (status, "Completed")
        self.aws.editors[arn] = identity(by)
        return self.event(arn, ModelApprovalStatus=status)

    def shown(self, arn: str) -> dict[str, str]:
        """Return the metadata of a version."""
        found: dict[str, str] = self.aws.annotations[arn].get("CustomerMetadataProperties", {})
        return found

    def event(self, arn: str, **changed: Any) -> dict[str, Any]:
        """Return an event about a version as it is now."""
        self._events += 1
        detail = {
            "ModelPackageGroupName": arn.split("/")[-2],
            "ModelPackageVersion": int(arn.split("/")[-1]),
            "ModelPackageArn": arn,
            "ModelPackageStatus": "Completed",
            "ModelApprovalStatus": self.aws.versions[arn][0],
            "UpdatedModelPackageFields": ["ModelApprovalStatus", "ApprovalDescription"],
            **changed,
        }
        kept = {key: value for key, value in detail.items() if value is not None}
        return {
            "id": f"event-{self._events}",
            "source": "aws.sagemaker",
            "detail-type": REGISTRY_EVENT,
            "detail": kept,
        }

    def tools(self) -> Toolbox:
        """Return the function's tools."""
        environment = {
            "GITHUB_API_URL": self.github.github.api_url,
            "PROJECT_PARAMETER_PREFIX": "/mlops-sm-project/",
            "APPROVAL_TABLE": "mlops-sm-project-approvals",
            "AWS_LAMBDA_FUNCTION_NAME": "mlops-sm-project-dispatch",
            "METRIC_NAMESPACE": "mlops-sm-project",
            "NOTICE_TOPIC_ARN": "arn:aws:sns:eu-west-1:111122223333:alarms",
            **self.registered,
        }
        return Toolbox(
            environment=environment,
            http=self,
            aws=self.aws.client,
            clock=self.github.clock.seconds,
            sleep=self.turns.sleep,
            random=lambda: 0.5,
        )

    def invoke(self, event: dict[str, Any]) -> str:
        """Run the function once."""
        return handle_event(event, FakeContext(FUNCTION_SECONDS), self.tools())

    def deliver(self, event: dict[str, Any], *, after_seconds: float = 0.0) -> None:
        """Invoke as Lambda does for EventBridge: two retries, then the queue."""
        intact = copy.deepcopy(event)
        self.turns.start(lambda: self._asynchronously(intact), after_seconds=after_seconds)

    def _asynchronously(self, event: dict[str, Any]) -> None:
        for wait in (*LAMBDA_WAITS, None):
            try:
                self.said.append(self.invoke(event))
            except (Exception, FunctionKilled) as error:  # noqa: BLE001 - as Lambda does
                self.errors.append(error)
                if wait is not None:
                    self.turns.sleep(wait)
            else:
                return
        record = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
        self.queue.append(record)

    def redrive(self) -> int:
        """Run the platform engineer's command, and Lambda after it; return what was sent."""
        installation = Installation("dispatch", {QUEUE_URL: "failures"})
        command = Redrive(installation, _Queue(self), _Lambda(self), self.github.clock.seconds)
        sent = sum(item.outcome == "sent" for item in command.run())
        self.turns.run()
        return sent

    def runs(self, arn: str) -> int:
        """Return how many runs deploy this version to the first stage."""
        return self.titles().count(f"Deploy {arn} to dev")

    def titles(self) -> list[str]:
        """Return what the runs are called, the oldest first."""
        found = self.github.rest("GET", f"/repos/{REPOSITORY}/actions/runs?per_page=100")
        return [run["display_title"] for run in reversed(found["workflow_runs"])]

    def request(self, method: str, url: str, **options: Any) -> urllib3.HTTPResponse:
        """Be the network to GitHub: others may go first, silence takes time, lists lag."""
        assert options["timeout"].connect_timeout
        longest = self.registered.get("GITHUB_READ_TIMEOUT_SECONDS", READ_TIMEOUT_SECONDS)
        assert options["timeout"].read_timeout <= float(longest)
        self.turns.give_way()
        try:
            answer = self.github.request(method, url, **options)
        except urllib3.exceptions.ReadTimeoutError:
            self.turns.sleep(options["timeout"].read_timeout)
            raise
        if "/runs?" in url and answer.status == 200:
            return self._without_new_runs(answer)
        return answer

    def _without_new_runs(self, answer: urllib3.HTTPResponse) -> urllib3.HTTPResponse:
        listed = json.loads(answer.data)
        newest = self.github.clock.seconds() - self.listing_delay
        listed["workflow_runs"] = [
            run
            for run in listed["workflow_runs"]
            if datetime.fromisoformat(run["created_at"]).timestamp() <= newest
        ]
        return urllib3.HTTPResponse(
            body=json.dumps(listed).encode(), headers=answer.headers, status=200
        )


class _Queue:
    """What SQS offers to the redrive command."""

    def __init__(self, world: DispatchWorld) -> None:
        self._world = world

    def receive_message(self, **_: Any) -> dict[str, Any]:
        """Show up to ten messages."""
        return {
            "Messages": [
                {
                    "MessageId": str(id(record)),
                    "ReceiptHandle": str(id(record)),
                    "Body": json.dumps(record),
                    "Attributes": {"SentTimestamp": "0"},
                }
                for record in self._world.queue[:10]
            ]
        }

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803 - AWS's name
        """Remove one message."""
        kept = [record for record in self._world.queue if str(id(record)) != ReceiptHandle]
        self._world.queue[:] = kept


class _Lambda:
    """What Lambda offers to the redrive command."""

    def __init__(self, world: DispatchWorld) -> None:
        self._world = world

    def invoke(self, *, InvocationType: str, Payload: bytes, **_: Any) -> None:  # noqa: N803
        """Take an event for later."""
        assert InvocationType == "Event"
        self._world.deliver(json.loads(Payload))


@contextmanager
def open_world(folder: Path, *, validate: bool = False) -> Iterator[DispatchWorld]:
    """Make a world in an empty folder."""
    with InProcessGitHub(folder, validate=validate, content_limit=(0, 0)) as github:
        world = DispatchWorld(github)
        world.seed_repository()
        yield world
