"""The types of CloudFormation that a region lacks, by the registry's schemas that cfn-lint carries.

They are read as files: the import of cfn-lint takes seconds.
"""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

from operations.doctor.project_needs import RESOURCE_TYPES
from operations.findings import Finding

ABOUT = "region"


def look_at_region(region: str) -> Iterator[Finding]:
    """Compare what the region has with what the templates use."""
    known = _types_of(region)
    day = str(_read("version.json")["schema_date"])[:10]
    if known is None:
        yield Finding(
            "note",
            ABOUT,
            f"What the region {region} has is not known (list of {day}); check that it has Service "
            "Catalog and SageMaker's endpoints and model registry.",
        )
        return
    lacking = [one for one in RESOURCE_TYPES if one not in known]
    if lacking:
        yield Finding(
            "fails",
            ABOUT,
            f"The region {region} lacks {', '.join(lacking)} (list of {day}); choose another one "
            "with AWS_REGION, such as eu-west-1 or us-east-1.",
        )
        return
    yield Finding("ok", ABOUT, f"The region {region} has all that the template uses.")


def _types_of(region: str) -> frozenset[str] | None:
    if not (_schemas() / "providers" / f"{region}.json").is_file():
        return None
    return frozenset(_read(f"providers/{region}.json"))


def _read(name: str) -> dict[str, str]:
    content: dict[str, str] = json.loads((_schemas() / name).read_bytes())
    return content


def _schemas() -> Path:
    spec = importlib.util.find_spec("cfnlint")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("cfn-lint is not installed; run `make setup`.")
    return Path(spec.origin).parent / "data" / "schemas"
