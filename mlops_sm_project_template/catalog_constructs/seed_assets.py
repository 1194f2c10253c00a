"""Folders of this project that travel to S3: seed code and functions, named by their content."""

from pathlib import Path

from aws_cdk import Aws, IgnoreMode
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from mlops_sm_project_template.config import names
from mlops_sm_project_template.templates.pipeline_constructs.github_repository import SeedBundle

_ROOT = Path(__file__).resolve().parents[2]
_FUNCTIONS_FOLDER = "functions"
_BUILD_FOLDER = "seed_code/build_app"
_DEPLOY_FOLDER = "seed_code/deploy_app"

# What tools leave behind on the machine of whoever registers, in the notation of .gitignore.
LEFT_BEHIND = (
    ".DS_Store",
    ".coverage",
    ".env",
    ".hypothesis/",
    ".ipynb_checkpoints/",
    ".mypy_cache/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".venv/",
    "*.egg-info/",
    "*.pyc",
    "__pycache__/",
    "cdk.out/",
    "node_modules/",
    "project.env",
    "venv/",
)


class SeedAssets(Construct):
    """The bundles of one registration.

    Their keys are hashes of their content, so that a published product version never changes
    under its users. A version names the seeds where a registration keeps them: what is uploaded
    may be cleared up as soon as no stack of the CDK names it.
    """

    def __init__(self, scope: Construct, id_: str, *, root: Path = _ROOT) -> None:
        super().__init__(scope, id_)
        self.functions = self._folder("Functions", root / _FUNCTIONS_FOLDER)
        build_app = self._folder("BuildApp", root / _BUILD_FOLDER)
        deploy_app = self._folder("DeployApp", root / _DEPLOY_FOLDER)
        self.upload_bucket = build_app.s3_bucket_name
        self.uploads = [_uploaded(build_app), _uploaded(deploy_app)]
        self.version_bucket = names.version_bucket(Aws.ACCOUNT_ID, Aws.REGION)
        self.build_app, self.deploy_app = (
            SeedBundle(bucket=self.version_bucket, key=uploaded.key) for uploaded in self.uploads
        )

    def _folder(self, id_: str, folder: Path) -> s3_assets.Asset:
        return s3_assets.Asset(
            self,
            id_,
            path=str(folder),
            exclude=list(LEFT_BEHIND),
            ignore_mode=IgnoreMode.GIT,
        )


def _uploaded(asset: s3_assets.Asset) -> SeedBundle:
    return SeedBundle(bucket=asset.s3_bucket_name, key=asset.s3_object_key)
