"""What AWS asks for what the stages use: `config/prices.yml`."""

from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from deploy_endpoint.errors import SettingsError, explain
from deploy_endpoint.settings.serving_settings import STRICT
from deploy_endpoint.settings.yaml_file import name_of, read_settings

PRICES_FILE = Path("config", "prices.yml")
_PRICE = "a price in US dollars, 0 or more"


class RegionPrices(BaseModel):
    """List prices of one region, in US dollars."""

    model_config = STRICT

    serverless_gib_second: float = Field(ge=0, description=_PRICE)
    alarm_month: float = Field(ge=0, description=_PRICE)
    key_month: float = Field(ge=0, description=_PRICE)
    secret_month: float = Field(ge=0, description=_PRICE)
    instance_hour: dict[str, float] = Field(
        description="a mapping of instance types to prices in US dollars"
    )

    def instance(self, instance_type: str) -> float:
        """Find what an instance costs an hour.

        Raises:
            SettingsError: the file has no price of this type.
        """
        if instance_type not in self.instance_hour:
            raise SettingsError(
                f"There is no price of {instance_type}; "
                f"add it to instance_hour in {PRICES_FILE.as_posix()}."
            )
        return self.instance_hour[instance_type]


class Prices(BaseModel):
    """The prices of all regions, and when and where they were read."""

    model_config = STRICT

    date: str = Field(
        pattern=r"^\d{4}-\d{2}-\d{2}$", description='a date in quotes such as "2026-11-25"'
    )
    sources: list[str] = Field(min_length=1, description="a list of pages with AWS's prices")
    regions: dict[str, RegionPrices] = Field(description="a mapping of regions to their prices")

    def region(self, name: str) -> RegionPrices:
        """Find the prices of a region.

        Raises:
            SettingsError: the file has none.
        """
        if name not in self.regions:
            raise SettingsError(
                f"There are no prices of region {name}; add them to {PRICES_FILE.as_posix()}."
            )
        return self.regions[name]


def load_prices(path: Path) -> Prices:
    """Read the prices.

    Raises:
        SettingsError: the file is missing, is not YAML, or a price is wrong.
    """
    try:
        return Prices.model_validate(read_settings(path))
    except ValidationError as error:
        raise explain(error, Prices, name_of(path)) from None
