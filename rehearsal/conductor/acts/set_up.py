"""Act 1: both servers, and an account as a platform engineer finds it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from rehearsal.conductor.acts import template_repository
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.conductor.cdk import Cdk
from rehearsal.conductor.console import start_console
from rehearsal.conductor.dataset import read_dataset
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST, PLATFORM_ENGINEER
from rehearsal.conductor.synthetic_abalone import generate
from rehearsal.conductor.waiting.patience import STACK_STILL_SECONDS
from rehearsal.conductor.waiting.watches import watch_stack

DATA_BUCKET = f"sagemaker-servicecatalog-seedcode-{REGION}"
DATA_KEY = "dataset/abalone-dataset.csv"
STUDIO_ROLE = "AmazonSageMaker-ExecutionRole"
STUDIO_DOMAIN = "rehearsal"
PREREQUISITES_STACK = "mlops-sm-project-prerequisites"


def perform(play: Play) -> None:
    """Start the servers; make data, Studio's role and the clone."""
    play.world.start(actions=play.options.actions)
    play.say(f"AWS answers at {play.world.endpoint_url}, GitHub at {play.world.github_url}")
    with ThreadPoolExecutor(2) as beside:
        others = [beside.submit(template_repository.create, play)]
        if play.options.console:
            others.append(beside.submit(start_console, play.world))
        _put_dataset(play)
        create_studio_role(play)
        create_domain(play)
        for other in others:
            other.result()


def prepare_account(play: Play) -> None:
    """Do what the registration does first, where trials register in their own way."""
    with ThreadPoolExecutor(1) as beside:
        bootstrap = beside.submit(Cdk(play.world, play.world.root).bootstrap)
        _deploy_prerequisites(play)
        bootstrap.result()


def _put_dataset(play: Play) -> None:
    """Fill the bucket that on AWS holds the public copy of the data."""
    if play.options.data is None or play.options.label is not None:
        content = "".join(f"{record}\n" for record in generate()).encode()
        origin = "synthetic abalone-shaped records"
    else:
        content, origin = read_dataset(play.options.data), str(play.options.data)
    s3 = play.world.administrator.client("s3")
    s3.create_bucket(Bucket=DATA_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=DATA_BUCKET, Key=DATA_KEY, Body=content)
    play.facts["data"] = origin
    records = len(content.splitlines())
    play.say(f"data: {origin}, {records} records")


def create_studio_role(play: Play) -> None:
    """Make the role that creating a SageMaker domain makes on AWS, and the person who uses it."""
    iam = play.world.administrator.client("iam")
    iam.create_user(UserName=DATA_SCIENTIST)
    make_studio_role(iam, studio_role_arn(), opened_by="opens-studio")


def make_studio_role(iam: Any, arn: str, *, opened_by: str) -> None:
    """Make a role for Studio with this ARN, which a policy of this name lets the person take."""
    path, _, name = arn.partition(":role")[2].rpartition("/")
    trusted = {"Service": "sagemaker.amazonaws.com", "AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    iam.create_role(
        RoleName=name,
        Path=f"{path}/",
        AssumeRolePolicyDocument=policy(Principal=trusted, Action="sts:AssumeRole"),
    )
    iam.put_user_policy(
        UserName=DATA_SCIENTIST,
        PolicyName=opened_by,
        PolicyDocument=policy(Resource=arn, Action="sts:AssumeRole"),
    )


def create_domain(play: Play) -> None:
    """Make the domain in which people work with that role, and the profile of one of them."""
    sagemaker = play.world.administrator.client("sagemaker")
    domain = sagemaker.create_domain(
        DomainName=STUDIO_DOMAIN,
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": studio_role_arn()},
    )
    sagemaker.create_user_profile(DomainId=domain["DomainId"], UserProfileName=DATA_SCIENTIST)


def _deploy_prerequisites(play: Play) -> None:
    """Deploy the stack that stands for the documents' steps before the registration."""
    owner = play.github(PLATFORM_ENGINEER)
    repository = owner.get_user().create_repo(template_repository.NAME, private=True)
    _, subject = repository.requester.requestJsonAndCheck(
        "GET", f"{repository.url}/actions/oidc/customization/sub"
    )
    parameters = {
        "ExecutionRoleArn": studio_role_arn(),
        "ExecutionRoleName": STUDIO_ROLE,
        "RepositorySubject": subject["sub_claim_prefix"],
        "OpenIdConnectIssuer": play.world.github_url.removeprefix("http://") + "/_services/token",
    }
    template = play.world.root / "prerequisites" / "prerequisites.yml"
    cloudformation = play.world.administrator.client("cloudformation")
    cloudformation.create_stack(
        StackName=PREREQUISITES_STACK,
        TemplateBody=template.read_text(encoding="utf-8"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Parameters=[
            {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
        ],
    )
    _wait_for_prerequisites(play, cloudformation)


def _wait_for_prerequisites(play: Play, cloudformation: Any) -> None:
    def ended() -> str | None:
        (stack,) = cloudformation.describe_stacks(StackName=PREREQUISITES_STACK)["Stacks"]
        status = str(stack["StackStatus"])
        return None if status.endswith("_IN_PROGRESS") else status

    watch = watch_stack(cloudformation, lambda: PREREQUISITES_STACK)
    what = f"The stack {PREREQUISITES_STACK}"
    status = play.wait(what, ended, seconds=STACK_STILL_SECONDS, watch=watch)
    if status != "CREATE_COMPLETE":
        raise RehearsalError(f"{what} is {status}.", log=play.world.logs / "aws.log")


def studio_role_arn() -> str:
    """The execution role of the domain."""
    return f"arn:aws:iam::{ACCOUNT}:role/{STUDIO_ROLE}"


def policy(**statement: object) -> str:
    """The document of a policy that allows one thing."""
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})
