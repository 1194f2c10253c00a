"""What a registration, and then each project, costs a month while nobody uses it."""

from dataclasses import asdict, dataclass
from typing import Any

from operations.company_settings import SHARED_KEY
from operations.doctor.project_needs import (
    ALARMS_OF_A_REGISTRATION,
    KEYS_OF_A_PROJECT,
    SECRETS_OF_A_PROJECT,
)
from operations.prices import HOURS_A_MONTH, Prices

# The daily look at tokens tells its metric in one hour of 24.
_METRIC_HOURS = HOURS_A_MONTH / 24


@dataclass(frozen=True)
class MonthlyCost:
    """What one thing costs.

    Args:
        of: what it is.
        parts: US dollars a month by what they are for.
        besides: what depends on its use.
    """

    of: str
    parts: dict[str, float]
    besides: str

    @property
    def usd(self) -> float:
        """All parts together, to the cent."""
        return round(sum(self.parts.values()), 2)

    def as_dict(self) -> dict[str, Any]:
        """The same as JSON."""
        return {**asdict(self), "monthly_usd": self.usd}

    def in_words(self) -> str:
        """The same on one line."""
        parts = ", ".join(f"{name} ${usd:.2f}" for name, usd in self.parts.items())
        told = f" ({parts})" if parts else ""
        return f"{self.of} ${self.usd:.2f} a month{told}; {self.besides}"


def idle_costs(
    prices: Prices, *, kms_key: str = "", stored_credential: bool = False
) -> tuple[MonthlyCost, MonthlyCost]:
    """Of the registration, and of each project.

    Args:
        prices: of one region.
        kms_key: `SHARED_KEY`, the ARN of the company's own, or empty if each project has one.
        stored_credential: whether the owner's credential is stored, so that a project has none.
    """
    alarms = ALARMS_OF_A_REGISTRATION
    registration = {
        f"{alarms} alarms": alarms * prices.alarm_month.usd,
        "the metric of the daily look": prices.metric_month.usd * _METRIC_HOURS / HOURS_A_MONTH,
    }
    if kms_key == SHARED_KEY:
        registration["the key that projects share"] = prices.kms_key_month.usd
    project = {}
    if not stored_credential:
        project["its secret"] = SECRETS_OF_A_PROJECT * prices.secret_month.usd
    if not kms_key:
        project["its key"] = KEYS_OF_A_PROJECT * prices.kms_key_month.usd
    gigabyte = f"${prices.s3_gb_month.usd:.3f} for each GB"
    return (
        MonthlyCost(
            "registration",
            registration,
            f"functions, queues and table cost what they are used, files {gigabyte}",
        ),
        MonthlyCost(
            "each project", project, f"jobs and endpoints cost what they are used, data {gigabyte}"
        ),
    )
