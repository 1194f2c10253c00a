"""Settings of an invented project, so that the tests do not depend on `project.env`."""

import os
import shutil
from pathlib import Path

import pytest
from deploy_endpoint.project_settings import ProjectSettings, load_project

ROOT = Path(__file__).parent.parent
ACCOUNT = "111122223333"
GROUP = "Abalone-p-abcdef123456"
OTHER_ACCOUNT = "222233334444"
ARN = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:model-package/{GROUP}/7"
PROJECT_ENV = f"""\
ARTIFACT_BUCKET=mlops-sm-project-p-abcdef123456
AWS_ACCOUNT={ACCOUNT}
AWS_REGION=eu-west-1
EXECUTION_ROLE_ARN=arn:aws:iam::{ACCOUNT}:role/mlops-p-abcdef123456-execution
KMS_KEY_ARN=arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555
MODEL_PACKAGE_GROUP_NAME={GROUP}
PROJECT_ID=p-abcdef123456
PROJECT_NAME=Abalone
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the repository's configuration and the invented project."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / "project.env").write_text(PROJECT_ENV)
    for key in [key for key in os.environ if key.startswith(("AWS_", "GITHUB_"))]:
        monkeypatch.delenv(key)
    monkeypatch.delenv("MODEL_PACKAGE_ARN", raising=False)
    monkeypatch.delenv("STAGE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(repository: Path) -> ProjectSettings:
    """The settings of the invented project."""
    return load_project(repository / "project.env", {})
