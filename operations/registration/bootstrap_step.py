"""The CDK's bootstrap, made where its qualifier has none."""

from dataclasses import dataclass

from operations.bootstrap import DEFAULT_QUALIFIER, LEAST_VERSION, find_bootstrap
from operations.company_settings import BOUNDARY, read_settings
from operations.errors import BootstrapTooOldError
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

    @property
    def _environment_url(self) -> str:
        identity = self.setting.identity
        return f"aws://{identity.account}/{identity.region}"
