"""Invented versions of the invented project."""

from deploy_endpoint.model.registered_version import Version

from .conftest import ARN

ANA = "arn:aws:sts::111122223333:assumed-role/Reviewer/ana@example.com"


def at(hour: int) -> str:
    return f"2026-11-01T{hour:02}:30:00.000Z"


def version(number: int, approval: str = "Approved", **metadata: str) -> Version:
    """A version; keys of metadata are written with dashes."""
    told = {key.replace("_", "-"): value for key, value in metadata.items()}
    return Version(arn=ARN.replace("/7", f"/{number}"), approval=approval, metadata=told)
