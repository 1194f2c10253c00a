"""Two projects on real servers, and the credentials of every role, in the hands of an attacker."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.company_roles import CompanyRoles
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION, STAGE_ACCOUNTS, AwsUser
from rehearsal.conductor.world import World
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.attacks.attack import Attack, answer, filled

ROOT = Path(__file__).resolve().parents[3]
STAGE_ACCOUNT = STAGE_ACCOUNTS[0]


@dataclass
class Scene:
    """The attacker's own project `rings`, and the victim `rings-2`; both may use one more account.

    Attributes:
        version: ARN of a model version of the attacker's own, undecided.
        victim_version: the same of the victim.
        foreign_key: id of a key that is no project's.
        tagged_key: the same, which has the tags of the attacker's project nevertheless.
        boundary: name of the policy that confines the roles.
        company: how the roles are named.
    """

    ground: Ground
    own: TrialProject
    victim: TrialProject
    version: str
    victim_version: str
    foreign_key: str
    tagged_key: str
    _sessions: RoleSessions
    boundary: str
    company: CompanyRoles

    def role_of(self, purpose: str) -> str:
        """Name of a role: `launch`, `registration`, `… function`, or a duty in the own project."""
        duty, _, kind = purpose.partition(" ")
        if kind:
            functions = self.ground.world.administrator.client("lambda")
            function = functions.get_function(FunctionName=f"mlops-sm-project-{duty}")
            return str(function["Configuration"]["Role"]).rsplit("/", 1)[-1]
        shared = duty in ("launch", "registration")
        name = f"mlops-sm-project-{duty}" if shared else f"mlops-{self.own.id}-{duty}"
        # The ground makes the registration's role, as the account's engineer without a setting.
        return name if duty == "registration" else f"{self.company.prefix}{name}"

    def as_role(self, name: str) -> AwsUser:
        """A session of a role, with its own policies and boundary."""
        return self._sessions.of(name)

    def answer_to(self, role: str, attack: Attack) -> str:
        """AWS's answer to an attack by a role, about things of these names."""
        client = self.as_role(self.role_of(role)).client(attack.service)
        request = dict(self._as_the_company_names(filled(attack.request, self.names())))
        return answer(getattr(client, attack.operation), request)

    def _as_the_company_names(self, value: Any, member: str = "") -> Any:
        if isinstance(value, dict):
            return {key: self._as_the_company_names(item, key) for key, item in value.items()}
        if isinstance(value, list):
            return [self._as_the_company_names(item) for item in value]
        if not isinstance(value, str):
            return value
        if "mlops-sm-project-registration" in value:
            return value
        if member == "RoleName" and value.startswith("mlops-"):
            return f"{self.company.prefix}{value}"
        return value.replace(":role/mlops-", f":{self.company.role('mlops-')}").replace(
            ":policy/mlops-", f":{self.company.policy('mlops-')}"
        )

    def names(self) -> dict[str, str]:
        """What the attacks' requests are filled in with."""
        return {
            "account": ACCOUNT,
            "boundary": f"arn:aws:iam::{ACCOUNT}:policy/{self.boundary}",
            "region": REGION,
            "own": self.own.name,
            "own_id": self.own.id,
            "own_version": self.version,
            "victim": self.victim.name,
            "victim_id": self.victim.id,
            "victim_version": self.victim_version,
            "foreign_key": self.foreign_key,
            "tagged_key": self.tagged_key,
            "own_key": self._key_of(self.own),
            "product": self.ground.product_id,
            "version": self.ground.first_version,
            "seeds": names.version_bucket(ACCOUNT, REGION),
            "uploads": f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}",
        }

    def _key_of(self, project: TrialProject) -> str:
        kms = self.ground.world.administrator.client("kms")
        alias = f"alias/mlops-sm-project-{project.id}"
        return str(kms.describe_key(KeyId=alias)["KeyMetadata"]["Arn"])


# Who reads no registered folder has no reader's role to take.
LOCATION = "s3://company-lake/open/"


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Launch both projects; nothing of them is removed, since the servers end anyway."""
    state = tmp_path_factory.mktemp("attacks") / "state"
    with open_scene(state, lambda _world: {"DATA_LOCATIONS": LOCATION}) as made:
        yield made


@contextlib.contextmanager
def open_scene(
    state: Path,
    settings: Callable[[World], Mapping[str, str]],
    boundary: str = names.PROJECT_BOUNDARY,
    company: CompanyRoles = CompanyRoles(),  # noqa: B008 # it is frozen
) -> Iterator[Scene]:
    """Register with these settings, and launch both projects.

    Args:
        state: folder for everything that is made.
        settings: makes what the company has, and says what it registers with.
        boundary: name of the policy that is the boundary of roles.
        company: how the settings name roles.
    """
    with open_ground(ROOT, state, lanes=2, content_limit="0,0", settings=settings) as ground:
        projects = []
        for login, name in zip(ground.lanes, ("rings", "rings-2"), strict=True):
            project = TrialProject(Lane(ground, login), name)
            launched = project.launch(StageAccounts=STAGE_ACCOUNT, DataLocations=LOCATION)
            assert launched.is_good, launched.reason
            projects.append(project)
        own, victim = projects
        versions = [Approver(project).register() for project in projects]
        administrator = ground.world.administrator
        keys = [
            str(administrator.client("kms").create_key(Tags=tags)["KeyMetadata"]["KeyId"])
            for tags in ([], [{"TagKey": "sagemaker:project-id", "TagValue": own.id}])
        ]
        sessions = RoleSessions(administrator)
        yield Scene(ground, own, victim, *versions, *keys, sessions, boundary, company)
