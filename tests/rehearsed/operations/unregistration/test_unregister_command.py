"""What people type and are told, and what stays with its cost; programs get JSON alone."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable

import pytest

from operations.credential.vault import Stored, Vault
from operations.installation import STACK
from operations.prices import load_prices
from operations.unregistration.remains import list_remains
from operations.unregistration.setting import SHARED_KEY_TAG, TABLE, Setting
from rehearsal.tests.emulator.local_aws import ACCOUNT, REGION, ROOT_SECRET, Keys, LocalAws, allow
from tests.rehearsed.operations.typed_command import Told, type_here
from tests.rehearsed.operations.unregistration.conftest import PROVIDER, Registered, setting_of

pytestmark = [pytest.mark.tier("test"), pytest.mark.timeout(300)]

Typed = Callable[..., Told]
PROJECT = "p-abcdefghijkl"


@pytest.fixture
def typed(setting: Setting, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Type the command without a terminal."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", setting.identity.account)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ROOT_SECRET)
    monkeypatch.setenv("AWS_REGION", REGION)

    def run(*arguments: str) -> Told:
        return type_here("unregister", *arguments)

    return run


def test_a_dry_run_shows_the_plan_and_does_nothing(typed: Typed, registered: Registered) -> None:
    shown = typed("--dry-run")
    assert shown.exit_code == 0, shown.output
    assert f"- delete the stack {STACK}" in shown.output
    told = json.loads(typed("--dry-run", "--json", "--delete-data").output)
    assert told["done"] == []
    assert f"delete the table {TABLE}" in told["plan"]
    assert registered.exists()
    assert registered.table() is not None


def test_without_a_terminal_nobody_agrees(typed: Typed, registered: Registered) -> None:
    for arguments in ((), ("--delete-data",)):
        refused = typed(*arguments)
        assert refused.error == "Nothing was done; start it at a terminal, or with --yes.\n"
    assert registered.exists()
    assert registered.table() is not None


def _at_terminal(answers: bytes) -> subprocess.CompletedProcess[str]:
    """Type the command and these answers at a terminal."""
    ours, theirs = pty.openpty()
    os.write(ours, answers)
    try:
        return subprocess.run(
            [sys.executable, "-m", "operations", "unregister"],
            stdin=theirs,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    ("answers", "code", "is_there", "keeps_table"),
    [
        (b"y\ny\n", 0, False, False),
        (b"n\ny\n", 0, False, True),
        (b"y\nn\n", 130, True, True),
        (b"\n\n", 130, True, True),  # who only presses return keeps everything
    ],
)
@pytest.mark.usefixtures("typed")
def test_at_a_terminal_data_and_beginning_are_asked_for(
    registered: Registered,
    answers: bytes,
    code: int,
    is_there: bool,
    keeps_table: bool,
) -> None:
    done = _at_terminal(answers)
    assert done.returncode == code, done.stdout + done.stderr
    assert f"The table {TABLE} (" in done.stdout
    assert registered.exists() is is_there
    assert (registered.table() is not None) is keeps_table


@pytest.mark.usefixtures("typed")
def test_nobody_is_asked_about_data_while_a_project_exists(registered: Registered) -> None:
    registered.ended(registered.provision("churn-p-1"))
    done = _at_terminal(b"")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("1 project still exists (churn-p-1)")


def test_it_tells_each_step_and_what_stays(typed: Typed) -> None:
    done = typed("--yes")
    assert done.exit_code == 0, done.output
    assert "[5/5] Take the prerequisites out of the account" in done.output
    assert f"- table {TABLE}: what was approved" in done.output
    again = typed("--yes")
    assert "There is nothing to do" in again.output
    assert "[1/5]" not in again.output
    assert f"- table {TABLE}: what was approved" in again.output


def test_data_goes_with_its_option_alone(typed: Typed, registered: Registered) -> None:
    told = json.loads(typed("--yes", "--json", "--delete-data").output)
    assert [one["did"] != "" for one in told["done"]] == [False, True, False, True, True]
    assert TABLE not in {one["name"] for one in told["remains"]}
    assert registered.table() is None


def test_a_project_is_told_in_one_sentence(typed: Typed, registered: Registered) -> None:
    registered.ended(registered.provision("churn-p-1"))
    refused = typed("--yes", "--delete-data")
    assert refused.exit_code == 1
    assert refused.error.startswith("1 project still exists (churn-p-1), which nobody")


def test_wrong_credentials_are_told_in_one_sentence(
    typed: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert typed("--yes").error.startswith("AWS did not do its part (")


def _leave(aws: LocalAws) -> str:
    """What a deleted project leaves if it is asked to keep its data; the id of its key."""
    place = {"LocationConstraint": REGION}
    s3, kms = aws.client("s3"), aws.client("kms")
    for name in (f"mlops-sm-project-{PROJECT}", f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}"):
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        s3.put_object(Bucket=name, Key="data.csv", Body=b"1" * 2_000_000)
    key = str(kms.create_key()["KeyMetadata"]["KeyId"])
    kms.create_key()  # somebody else's
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=f"mlops-sm-project-{PROJECT}",
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    sagemaker = aws.client("sagemaker")
    for group in (f"churn-{PROJECT}", "others-p-5"):
        sagemaker.create_model_package_group(ModelPackageGroupName=group)
    for group in ("/aws/sagemaker/TrainingJobs", "/aws/lambda/others"):
        aws.client("logs").create_log_group(logGroupName=group)
    aws.client("iam").create_open_id_connect_provider(
        Url="https://ghe.example.com/_services/token", ClientIDList=["sts.amazonaws.com"]
    )
    Vault(aws.client("secretsmanager"), aws.client("ssm")).store("Acme", Stored("ghp_x"))
    return key


def test_what_stays_is_named_with_its_cost(setting: Setting, registered: Registered) -> None:
    key = _leave(registered.aws)
    remains = {remain.name: remain for remain in list_remains(setting)}
    storage = 0.002 * load_prices().s3_gb_month.usd
    ghe = PROVIDER.replace("token.actions.githubusercontent.com", "ghe.example.com/_services/token")
    ours = f"Thing of {STACK}"
    assert {name: remain.monthly_usd for name, remain in remains.items()} == {
        TABLE: pytest.approx(0.0, abs=1e-3),
        ours: 0.0,
        f"mlops-sm-project-{PROJECT}": pytest.approx(storage),
        f"cdk-hnb659fds-assets-{ACCOUNT}-{REGION}": pytest.approx(storage),
        key: 1.0,
        f"churn-{PROJECT}": 0.0,
        "/aws/sagemaker/TrainingJobs": 0.0,
        PROVIDER: 0.0,
        ghe: 0.0,
        "acme": 0.4,
    }
    assert remains[PROVIDER].why == "trusted by mlops-sm-project-registration"
    assert remains[ghe].why.startswith("it was there before")
    assert remains[key].in_words().endswith(f"in mlops-sm-project-{PROJECT}, $1.00 a month")
    assert remains[ours].in_words().endswith(", free")
    assert remains[TABLE].in_words().endswith(", under $0.01 a month")


def test_a_key_that_projects_shared_stays_with_or_without_a_bucket(
    setting: Setting, registered: Registered
) -> None:
    kms, s3 = (registered.aws.client(name) for name in ("kms", "s3"))
    tag = {"TagKey": SHARED_KEY_TAG[0], "TagValue": SHARED_KEY_TAG[1]}
    key = str(kms.create_key(Tags=[tag])["KeyMetadata"]["Arn"])
    (alone,) = (remain for remain in list_remains(setting) if remain.kind == "key")
    assert alone.why == f"projects shared it; register again with KMS_KEY={key}"
    assert alone.monthly_usd == 1.0
    name = "mlops-sm-project-p-bcdefghijklm"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
    rule = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    s3.put_bucket_encryption(
        Bucket=name,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]},
    )
    (used,) = (remain for remain in list_remains(setting) if remain.kind == "key")
    assert used.why.startswith(f"without it nobody reads what is in {name}, which shared it; ")


def test_what_may_not_be_read_is_said_instead(setting: Setting, registered: Registered) -> None:
    _leave(registered.aws)
    remains = list_remains(setting_of(_only(registered.aws, "dynamodb:*")))
    assert [remain.kind for remain in remains] == [
        "table",
        "product",
        "bucket",
        "key",
        "model package group",
        "log group",
        "identity provider",
        "credential",
    ]
    assert [remain.monthly_usd is None for remain in remains] == [False] + [True] * 7
    assert "could not be looked for (AccessDenied" in remains[2].in_words()
    assert setting.identity.account == ACCOUNT


def _only(aws: LocalAws, action: str) -> Keys:
    return aws.user("reader", allow(action))
