"""Which act needs a grant, and what the table says of it."""

import json
from pathlib import Path

from rehearsal.conductor.aws_accounts import ACCOUNT, STAGE_ACCOUNTS
from rehearsal.conductor.play import ActTime
from rehearsal.laboratory.permissions.needed import read_questions
from rehearsal.laboratory.permissions.table import make_rows, write_page

ACTS = [ActTime("launch", 5.0, 100.0), ActTime("build", 5.0, 105.0)]
BUCKET = "arn:aws:s3:::mlops-sm-project-p-1"


def _log(folder: Path, *entries: tuple[float, str, str, str, bool], account: str = ACCOUNT) -> Path:
    names = ("time", "principal", "action", "resource", "allowed")
    lines = [{"account": account, **dict(zip(names, entry, strict=True))} for entry in entries]
    file = folder / "authorizations.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return file


def _grant(action: str, *resources: str) -> dict[str, object]:
    return {"role": "r", "action": action, "resources": list(resources)}


def test_the_first_act_with_a_yes_on_the_resource_needs_the_grant(tmp_path: Path) -> None:
    log = _log(
        tmp_path,
        (101.0, "role/r", "s3:GetObject", f"{BUCKET}/a", False),
        (102.0, "role/other", "s3:GetObject", f"{BUCKET}/a", True),
        (103.0, "user/r", "s3:GetObject", f"{BUCKET}/a", True),
        (104.0, "role/r", "s3:GetObject", "arn:aws:s3:::elsewhere/a", True),
        (106.0, "role/r", "s3:GetObject", f"{BUCKET}/a", True),
    )
    grants = {
        "execution": [_grant("s3:GetObject", f"{BUCKET}/*"), _grant("s3:PutObject", f"{BUCKET}/*")]
    }
    get, put = make_rows(grants, read_questions(log, ACTS), "p-1")["execution"]
    assert (get.action, get.act, get.why) == ("s3:GetObject", "build", "")
    assert get.resources == ("mlops-sm-project-<id>/*",)
    assert (put.action, put.act, put.why) == ("s3:PutObject", "", "")


def test_a_role_of_a_stage_account_needs_nothing_of_its_namesake(tmp_path: Path) -> None:
    asked = (101.0, "role/r", "s3:GetObject", f"{BUCKET}/a", True)
    assert len(read_questions(_log(tmp_path, asked), ACTS)) == 1
    assert read_questions(_log(tmp_path, asked, account=STAGE_ACCOUNTS[0]), ACTS) == []


def test_the_page_says_what_is_needed_kept_and_idle(tmp_path: Path) -> None:
    log = _log(tmp_path, (101.0, "role/r", "ssm:GetParameters", "*", True))
    grants = {
        "launch": [
            _grant("ssm:GetParameters", "*"),
            _grant("ssm:RemoveTagsFromResource", "*"),
            _grant("iam:CreateUser", "*"),
        ]
    }
    page = write_page(make_rows(grants, read_questions(log, ACTS), "p-1"))
    assert "3 permissions of 1 roles: 1 are needed by an act, 2 are kept" in page
    assert "| `ssm:GetParameters` | `*` | the launch fails | **launch** |" in page
    assert "| `ssm:RemoveTagsFromResource` | `*` |  | Only when an update takes a tag away" in page
    assert "| `iam:CreateUser` | `*` |  | **nothing: remove it** |" in page
