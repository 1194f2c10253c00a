"""The CDK's bootstrap, made where its qualifier has none."""

from dataclasses import dataclass

from botocore.exceptions import ClientError

from operations.bootstrap import (
    DEFAULT_QUALIFIER,
    LEAST_VERSION,
    bootstrap_command,
    find_bootstrap,
    missing_roles,
)
from operations.company_settings import BOUNDARY, read_settings
from operations.doctor.examination import missing_right
from operations.errors import BootstrapNotWholeError, BootstrapTooOldError
from operations.registration.run_cdk import run_cdk
from operations.registration.setting import Setting


@dataclass(frozen=True)
class BootstrapStep:
    """Runs `cdk bootstrap`; an existing one is never changed."""

    setting: Setting
    title: str = "Bootstrap the account for the CDK"

    def look(self) -> str:
        """What is missing."""
        where = self._environment_url
        version = find_bootstrap(self.setting.client("ssm"), self.setting.qualifier)
        if version is None:
            return f"bootstrap {where} with the qualifier {self.setting.qualifier}"
        if version < LEAST_VERSION:
            raise BootstrapTooOldError(where, version, LEAST_VERSION)
        missing = self._missing_roles()
        if missing:
            identity = self.setting.identity
            command = bootstrap_command(identity, self.setting.qualifier)
            raise BootstrapNotWholeError(where, missing, command)
        return ""

    def do(self) -> None:
        """Bootstrap."""
        qualifier = self.setting.qualifier
        own = [] if qualifier == DEFAULT_QUALIFIER else ["--qualifier", qualifier]
        own += [] if not own else ["--toolkit-stack-name", f"CDKToolkit-{qualifier}"]
        boundary = read_settings(self.setting.folder).get(BOUNDARY, "")
        if boundary:
            own += ["--custom-permissions-boundary", boundary.partition(":policy/")[2]]
            own += ["--apply-permissions-boundary-to-all-roles"]
        # Without an app nothing is synthesized, for which settings would have to be there.
        run_cdk(self.setting, "bootstrap", "--app", "", *own, self._environment_url)

    def _missing_roles(self) -> list[str]:
        setting = self.setting
        try:
            return missing_roles(setting.client("iam"), setting.identity, setting.qualifier)
        except ClientError as error:
            if missing_right(error, "iam") is None:
                raise
            return []  # who may not look at roles may still register

    @property
    def _environment_url(self) -> str:
        identity = self.setting.identity
        return f"aws://{identity.account}/{identity.region}"
