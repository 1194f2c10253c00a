"""Act: what a large company has in its accounts, and what it registers the template with.

A boundary for all roles, a path and a prefix of their names, a bootstrap of its own, tags, a topic,
networks, an organization; and a second team in Studio, whose role the project is of.
"""

import json
from collections.abc import Iterator
from typing import Any

from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.operations_command import say_operation, type_operation
from rehearsal.conductor.acts.set_up import make_studio_role, policy, studio_role_arn
from rehearsal.conductor.aws_accounts import ACCOUNT, ORGANIZATION, REGION, AwsUser
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.github_setup import DATA_SCIENTIST

SECOND_REGION = "eu-central-1"
TEAM_ROLE = f"arn:aws:iam::{ACCOUNT}:role/teams/TeamB"
TAGS = {"cost-center": "4711", "team": "ml platform"}
NETWORK = {"SUBNETS": "subnet-0123456789abcdef0", "SECURITY_GROUPS": "sg-0123456789abcdef0"}
MONTHLY_BUDGET = 200
# The names of roles are an account's: the second region needs names of its own.
_ELSEWHERE = {"AWS_REGION": SECOND_REGION, "ROLE_PREFIX": "euc1-"}
_TOKEN = "github_pat_company0123456789"  # noqa: S105 # of the local GitHub
_PERMISSIONS = ("administration", "contents", "workflows", "actions", "statuses", "pull_requests")
# What no role of this company may do, whatever its policies say.
_NEVER = ["account:*", "iam:CreateAccessKey", "iam:CreateUser", "organizations:LeaveOrganization"]
_BOUNDARY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"},
        {"Effect": "Deny", "Action": _NEVER, "Resource": "*"},
    ],
}


def perform(play: Play) -> None:
    """Make it all, so that the next acts find it."""
    administrator = play.world.administrator
    make_studio_role(administrator.client("iam"), TEAM_ROLE, opened_by="opens-studio-of-the-team")
    topic = _make_topic(administrator.client("sns"))
    for stage in play.options.stage_accounts:
        play.boundaries[stage] = make_boundary(play.user_of(stage))
    play.settings |= {
        **settings_of_roles(administrator),
        "ALARM_TOPIC_ARN": topic,
        "BOOTSTRAP_QUALIFIER": "company",
        "BUDGET_TOPIC_ARN": topic,
        "ENDPOINT_SECURITY_GROUPS": NETWORK["SECURITY_GROUPS"],
        "ENDPOINT_SUBNETS": NETWORK["SUBNETS"],
        "JOBS_SECURITY_GROUPS": NETWORK["SECURITY_GROUPS"],
        "JOBS_SUBNETS": NETWORK["SUBNETS"],
        "KMS_KEY": "shared",
        "PRINCIPAL_ORG_ID": ORGANIZATION,
        "STUDIO_ROLES": TEAM_ROLE,
        "TAGS": ",".join(f"{key}={value}" for key, value in TAGS.items()),
    }
    play.studio_role_arn = TEAM_ROLE
    play.say(f"the company demands {', '.join(play.settings)}")


def settings_of_roles(administrator: AwsUser) -> dict[str, str]:
    """How the company wants roles, with the boundary made."""
    return {
        "PERMISSIONS_BOUNDARY": make_boundary(administrator),
        "ROLE_PATH": "/company/ml/",
        "ROLE_PREFIX": "acme-",
    }


def make_boundary(user: AwsUser) -> str:
    """Make the company's boundary in the account of a user; its ARN."""
    made = user.client("iam").create_policy(
        PolicyName="Boundary", Path="/company/", PolicyDocument=json.dumps(_BOUNDARY)
    )
    return str(made["Policy"]["Arn"])


def store_credential(play: Play) -> None:
    """Store a fine-grained token for the owner, for the team alone."""
    play.world.github_control.add_token(
        token=_TOKEN,
        login=DATA_SCIENTIST,
        owner=DATA_SCIENTIST,
        permissions=dict.fromkeys(_PERMISSIONS, "write"),
    )
    words = ["credential", "add", DATA_SCIENTIST, "--for", TEAM_ROLE, "--yes"]
    say_operation(play, words, _of_github(play, _TOKEN))


def register_second_region(play: Play) -> None:
    """Register by hand in another region of the account, under names of its own.

    Raises:
        RehearsalError: it was not refused under the names of the first region.
    """
    settings = {
        **{name: value for name, value in play.settings.items() if not name.endswith("TOPIC_ARN")},
        **_of_github(play, ""),
        "AWS_REGION": SECOND_REGION,
    }
    words = ["register", "--by-hand", "--role", studio_role_arn(), "--yes"]
    try:
        list(type_operation(play, words, settings))
    except RehearsalError:
        play.say(f"{SECOND_REGION} may not have the names of {REGION}")
    else:
        raise RehearsalError(f"{SECOND_REGION} took the roles of {REGION}, which it may not.")
    say_operation(play, words, settings | _ELSEWHERE)


def take_back(play: Play) -> None:
    """Take the stored credential back, and the registration of the second region."""
    settings = _of_github(play, "")
    say_operation(play, ["credential", "remove", DATA_SCIENTIST, "--yes"], settings)
    say_operation(play, ["unregister", "--yes"], settings | _ELSEWHERE)


def parameters() -> Iterator[dict[str, str]]:
    """What the team fills in at a launch: no token, since one is stored."""
    yield {"Key": "StudioRoleArn", "Value": TEAM_ROLE}
    yield {"Key": "MonthlyBudget", "Value": str(MONTHLY_BUDGET)}


def network() -> dict[str, list[str]]:
    """What a stage on instances joins."""
    return {name.lower(): [value] for name, value in NETWORK.items()}


def _of_github(play: Play, token: str) -> dict[str, str]:
    return {"GITHUB_SERVER_URL": play.world.github_url, "GH_TOKEN": token}


def _make_topic(sns: Any) -> str:
    topic = str(sns.create_topic(Name="platform")["TopicArn"])
    tellers = {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    document = policy(
        Principal=tellers,
        Action="sns:Publish",
        Resource=topic,
        Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    )
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=document)
    return topic
