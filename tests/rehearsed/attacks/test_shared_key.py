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
from rehearsal.conductor.aws_accounts import (
    ACCOUNT,
    ORGANIZATION,
    OUTSIDE_ACCOUNT,
    STAGE_ACCOUNTS,
    AwsUser,
)
from rehearsal.laboratory.trials.approver import Approver
from rehearsal.laboratory.trials.ground import Ground, open_ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.project import TrialProject
from rehearsal.laboratory.trials.role_sessions import RoleSessions
from tests.rehearsed.attacks.attack import DENIED, EVERYTHING, OPEN_TRUST, answer

ROOT = Path(__file__).resolve().parents[3]
_OBJECT = "data/mine.csv"
_ROLES = ("build", "deploy-dev", "execution", "cloudformation-dev")


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
    s3 = scene.client("s3")
    document = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    document["Statement"].append(statement)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))


def test_both_share_a_key_that_belongs_to_neither(shared: SharedScene) -> None:
    key = shared.key_of(shared.own)
    assert key == shared.key_of(shared.victim) == shared.key(names.SHARED_KEY_ALIAS)["Arn"]
    assert shared.key_of(shared.older) not in (key, "")
    kms = shared.client("kms")
    aliases = {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
    assert names.key_alias(shared.older.id) in aliases
    assert not {names.key_alias(one.id) for one in (shared.own, shared.victim)} & aliases


@pytest.mark.parametrize("duty", ["build", "deploy-dev", "execution"])
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


@pytest.mark.parametrize("duty", _ROLES)
def test_no_boundary_lets_a_widened_role_use_the_key_for_other_objects(
    shared: SharedScene, duty: str
) -> None:
    """As it would be if somebody got hold of the launch role, which writes the roles' policies."""
    role = names.project_role(shared.victim.id, duty)
    shared.client("iam").put_role_policy(
        RoleName=role, PolicyName="everything", PolicyDocument=EVERYTHING
    )
    kms = shared.sessions.of(role).client("kms")
    key = shared.key_of(shared.victim)
    used = {
        bucket: answer(
            kms.generate_data_key,
            {
                "KeyId": key,
                "KeySpec": "AES_256",
                "EncryptionContext": {"aws:s3:arn": f"arn:aws:s3:::{bucket}"},
            },
        )
        for bucket in (names.bucket(shared.victim.id), names.bucket(shared.own.id))
    }
    for_own, for_other = used.values()
    assert for_own == "done"
    assert for_other in DENIED
    plain = {"KeyId": key, "KeySpec": "AES_256"}
    assert answer(kms.generate_data_key, plain) in DENIED
    grant = {"KeyId": key, "GranteePrincipal": role, "Operations": ["Decrypt"]}
    assert answer(kms.create_grant, grant) in DENIED
    assert answer(kms.schedule_key_deletion, {"KeyId": key}) in DENIED


def test_the_launch_role_has_no_right_to_the_key_and_makes_none(shared: SharedScene) -> None:
    kms = shared.sessions.of(names.LAUNCH_ROLE).client("kms")
    key = {"KeyId": shared.key_of(shared.own)}
    trying: tuple[tuple[Any, dict[str, Any]], ...] = (
        (kms.create_key, {"Tags": [{"TagKey": names.PROJECT_ID_TAG, "TagValue": "p-1"}]}),
        (kms.decrypt, {"CiphertextBlob": b"x", **key}),
        (kms.generate_data_key, {"KeySpec": "AES_256", **key}),
        (kms.put_key_policy, {"PolicyName": "default", "Policy": EVERYTHING, **key}),
        (kms.schedule_key_deletion, key),
        (kms.tag_resource, {"Tags": [{"TagKey": "a", "TagValue": "b"}], **key}),
    )
    assert {answer(call, about) for call, about in trying} <= DENIED
    # What it does to the key that an older project has, that key's policy allows.
    assert answer(kms.get_key_policy, {"KeyId": shared.key_of(shared.older)}) == "done"


def test_studio_puts_data_into_the_bucket_of_its_project(shared: SharedScene) -> None:
    s3 = shared.ground.play.studio.client("s3")
    about = {"Bucket": names.bucket(shared.own.id), "Key": f"{names.DATA_FOLDER}new.csv"}
    s3.put_object(**about, Body=b"M,1")
    assert s3.get_object(**about)["Body"].read() == b"M,1"
    kms = shared.ground.play.studio.client("kms")
    asked = {"KeyId": shared.key_of(shared.own), "KeySpec": "AES_256"}
    assert answer(kms.generate_data_key, asked) in DENIED


def _refused(shared: SharedScene, project: TrialProject, **parameters: str) -> str:
    """Why an update was refused, which has changed nothing of the key."""
    before = shared.key_of(project)
    updated = project.update(version=shared.ground.first_version, **parameters)
    assert not updated.is_good
    assert shared.key_of(project) == before
    assert shared.key(before)["KeyState"] == "Enabled"
    return updated.reason


def test_an_older_project_keeps_its_key(shared: SharedScene) -> None:
    """Studio gives a new parameter its default, which is refused before anything is changed."""
    key = shared.key_of(shared.older)
    reason = _refused(shared, shared.older)
    assert f"lie under the key of its own {key}, which the project keeps" in reason
    assert "update it with EncryptionKey=own" in reason
    updated = shared.older.update(version=shared.ground.first_version, EncryptionKey="own")
    assert updated.is_good, updated.reason
    assert shared.key_of(shared.older) == key
    again = shared.older.update(version=shared.ground.first_version, DataOnDelete="keep")
    assert again.is_good, again.reason
    assert "EncryptionKey=own" in _refused(shared, shared.older, EncryptionKey="shared")
    assert shared.key(names.key_alias(shared.older.id))["KeyState"] == "Enabled"


def test_a_project_that_shares_the_key_does_not_leave_it(shared: SharedScene) -> None:
    assert "update it with EncryptionKey=shared" in _refused(
        shared, shared.own, EncryptionKey="own"
    )
    assert "PRINCIPAL_ORG_ID" in _refused(shared, shared.own, StageAccounts=STAGE_ACCOUNTS[0])


@pytest.fixture(scope="module")
def version(shared: SharedScene) -> str:
    """ARN of a version of the own project, whose stages may lie in two accounts since an update.

    The registration names the organization, in which the second of the accounts is not.
    """
    ground, own = shared.ground, shared.own
    ground.settings = {**ground.settings, "PRINCIPAL_ORG_ID": ORGANIZATION}
    ground.first_version = ground.register()
    accounts = f"{STAGE_ACCOUNTS[0]},{OUTSIDE_ACCOUNT}"
    updated = own.update(version=ground.first_version, StageAccounts=accounts)
    assert updated.is_good, updated.reason
    model = {"Bucket": names.bucket(own.id), "Key": f"{names.pipeline(own.name, own.id)}/m.tar.gz"}
    shared.client("s3").put_object(**model, Body=b"model")
    return Approver(own).register()


@pytest.mark.parametrize(
    ("account", "whose", "expected"),
    [
        (STAGE_ACCOUNTS[0], "own", {"done"}),
        (OUTSIDE_ACCOUNT, "own", DENIED),
        (STAGE_ACCOUNTS[0], "victim", DENIED),
    ],
    ids=["of the organization", "outside of it", "another project's model"],
)
def test_a_role_of_the_right_name_needs_the_organization_too(
    shared: SharedScene, version: str, account: str, whose: str, expected: set[str]
) -> None:
    own = shared.own
    administrator = shared.ground.world.root_of(account)
    project = own if whose == "own" else shared.victim
    role = names.stage_execution_role(own.id, "prod" if whose == "own" else "staging")
    iam = administrator.client("iam")
    iam.create_role(RoleName=role, AssumeRolePolicyDocument=OPEN_TRUST)
    iam.put_role_policy(RoleName=role, PolicyName="everything", PolicyDocument=EVERYTHING)
    visitor = iam.create_user(UserName=f"visitor-{whose}")["User"]["UserName"]
    iam.put_user_policy(UserName=visitor, PolicyName="all", PolicyDocument=EVERYTHING)
    key = iam.create_access_key(UserName=visitor)["AccessKey"]
    user = AwsUser(administrator.endpoint_url, key["AccessKeyId"], key["SecretAccessKey"])
    session = user.assume(f"arn:aws:iam::{account}:role/{role}", "visit")
    model = f"{names.pipeline(project.name, project.id)}/m.tar.gz"
    about = {"Bucket": names.bucket(project.id), "Key": model}
    assert answer(session.client("s3").get_object, about) in expected
    if whose == "own":
        asked = {"ModelPackageName": version}
        found = answer(session.client("sagemaker").describe_model_package, asked)
        assert found in expected
    # Through S3 alone, for whoever it is.
    unsealed = {"KeyId": shared.key_of(own), "CiphertextBlob": b"x"}
    assert answer(session.client("kms").decrypt, unsealed) in DENIED


def test_a_new_project_makes_no_key(shared: SharedScene) -> None:
    before = len(shared.client("kms").list_keys()["Keys"])
    late = TrialProject(shared.own.lane, "late")
    launched = late.launch(EncryptionKey="own")
    assert "launch it with EncryptionKey=shared" in launched.reason
    assert len(shared.client("kms").list_keys()["Keys"]) == before


def test_the_key_outlives_a_project(shared: SharedScene) -> None:
    key = shared.key_of(shared.victim)
    deleted = shared.victim.delete()
    assert deleted.is_good, deleted.reason
    assert shared.key(key)["KeyState"] == "Enabled"
    s3 = shared.client("s3")
    assert s3.get_object(Bucket=names.bucket(shared.own.id), Key=_OBJECT)["Body"].read()


@pytest.mark.proof("scenarios")
def test_a_registration_with_another_key_or_none_changes_no_project(shared: SharedScene) -> None:
    key, ground = shared.key_of(shared.own), shared.ground
    other = str(shared.client("kms").create_key()["KeyMetadata"]["Arn"])
    ground.settings = {**ground.settings, "KMS_KEY": other}
    ground.first_version = ground.register()
    assert f"register the template with KMS_KEY={key} first" in _refused(shared, shared.own)
    ground.settings = {**ground.settings, "KMS_KEY": "", "TAGS": "team=ml"}  # a new version
    ground.first_version = ground.register()
    assert "register the template with KMS_KEY again" in _refused(shared, shared.own)
    assert shared.key(key)["KeyState"] == "Enabled"
    ground.settings = {**ground.settings, "KMS_KEY": key}
    ground.first_version = ground.register()
    updated = shared.own.update(version=ground.first_version)
    assert updated.is_good, updated.reason
    assert shared.key_of(shared.own) == key
