"""Folders of this project that travel to S3: seed code and functions, named by their content."""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
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
        self.functions = self._functions(root / _FUNCTIONS_FOLDER)
        build_app = self._folder("BuildApp", root / _BUILD_FOLDER)
        deploy_app = self._folder("DeployApp", root / _DEPLOY_FOLDER)
        self.upload_bucket = build_app.s3_bucket_name
        self.uploads = [_uploaded(build_app), _uploaded(deploy_app)]
        self.version_bucket = names.version_bucket(Aws.ACCOUNT_ID, Aws.REGION)
        self.build_app, self.deploy_app = (
            SeedBundle(bucket=self.version_bucket, key=uploaded.key) for uploaded in self.uploads
        )

    def _functions(self, folder: Path) -> s3_assets.Asset:
        """The functions, beside them the package that Lambda's runtime lacks: PyYAML.

        Of that only what is pure Python: what is compiled here would not run on Lambda's processor.
        """
        with TemporaryDirectory() as together:  # an asset is copied as soon as it is made
            left_out = shutil.ignore_patterns(*(name.rstrip("/") for name in LEFT_BEHIND))
            shutil.copytree(folder, together, ignore=left_out, dirs_exist_ok=True)
            compiled = shutil.ignore_patterns("__pycache__", "*.so", "*.pyd")
            shutil.copytree(Path(yaml.__file__).parent, Path(together, "yaml"), ignore=compiled)
            return self._folder("Functions", Path(together))

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
