"""Projects that share a KMS key: none gets at the other's objects, and nobody's key changes.

The registration has no key at first, so that one project has a key of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlops_sm_project_template.config import names
from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.attacks.attack import DENIED, answer

ROOT = Path(__file__).resolve().parents[3]
_OBJECT = "data/mine.csv"
_ROLES = ("build", "deploy-dev", "execution", "reader", "cloudformation-dev")


@dataclass
class SharedScene:
    """An older project with a key of its own, and two that share the registration's."""

    ground: Ground
    older: TrialProject
    own: TrialProject
    victim: TrialProject
    sessions: RoleSessions

    def client(self, service: str) -> Any:
        """A client of the account's administrator."""
        return self.ground.world.administrator.client(service)

    def key_of(self, project: TrialProject) -> str:
        """ARN of the key that the project's bucket has."""
        told = self.client("s3").get_bucket_encryption(Bucket=names.bucket(project.id))
        (rule,) = told["ServerSideEncryptionConfiguration"]["Rules"]
        assert rule["BucketKeyEnabled"]
        return str(rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"])

    def key(self, name: str) -> dict[str, Any]:
        """What KMS tells of a key."""
        described: dict[str, Any] = self.client("kms").describe_key(KeyId=name)["KeyMetadata"]
        return described


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SharedScene]:
    state = tmp_path_factory.mktemp("shared-key") / "state"
    with open_ground(ROOT, state, lanes=1, content_limit="0,0") as ground:
        lane = Lane(ground, ground.lanes[0])
        older = _launched(lane, "older")
        ground.settings = {**ground.settings, "KMS_KEY": "shared"}
        ground.first_version = ground.register()
        own, victim = (_launched(lane, name) for name in ("rings", "rings-2"))
        sessions = RoleSessions(ground.world.administrator)
        scene = SharedScene(ground, older, own, victim, sessions)
        for project in (older, own, victim):
            scene.client("s3").put_object(
                Bucket=names.bucket(project.id), Key=_OBJECT, Body=project.name.encode()
            )
        yield scene


def _launched(lane: Lane, name: str, **parameters: str) -> TrialProject:
    project = TrialProject(lane, name)
    launched = project.launch(**parameters)
    assert launched.is_good, launched.reason
    return project


def _open_bucket(scene: SharedScene, project: TrialProject, role: str) -> None:
    """Let a role read a bucket by the bucket's policy, so that the key alone is in its way."""
    bucket = names.bucket(project.id)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/{role}"},
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    scene.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_both_share_a_key_that_belongs_to_neither(shared: SharedScene) -> None:
    key = shared.key_of(shared.own)
    assert key == shared.key_of(shared.victim) == shared.key(names.SHARED_KEY_ALIAS)["Arn"]
    assert shared.key_of(shared.older) not in (key, "")
    kms = shared.client("kms")
    aliases = {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
    assert names.key_alias(shared.older.id) in aliases
    assert not {names.key_alias(one.id) for one in (shared.own, shared.victim)} & aliases


@pytest.mark.parametrize("duty", ["build", "deploy-dev", "execution", "reader"])
def test_no_role_uses_the_key_for_objects_of_the_other_project(
    shared: SharedScene, duty: str
) -> None:
    """The other's bucket lets it in, and no boundary holds it back: its own policy alone does."""
    role = names.project_role(shared.own.id, duty)
    shared.client("iam").delete_role_permissions_boundary(RoleName=role)
    s3 = shared.sessions.of(role).client("s3")
    for project, expected in ((shared.own, {"done"}), (shared.victim, DENIED)):
        _open_bucket(shared, project, role)
        about = {"Bucket": names.bucket(project.id), "Key": _OBJECT}
        answers = [
            answer(s3.get_object, about),
            answer(s3.put_object, {**about, "Body": b"mine"}),
        ]
        # Who builds writes and does not read; who deploys reads and does not write.
        assert expected & set(answers), answers
        assert project is shared.own or set(answers) <= DENIED, answers
