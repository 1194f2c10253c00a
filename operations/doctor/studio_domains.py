"""Domains whose roles all are to be registered: which role came, and which went since."""

from collections.abc import Iterator, Sequence

from operations.findings import Finding
from operations.studio_roles import StudioRole

ABOUT = "Studio domains"


def compare(
    domains: Sequence[str],
    roles: Sequence[StudioRole],
    first: str | None,
    further: Sequence[str],
) -> Iterator[Finding]:
    """Compare what `STUDIO_DOMAINS` stands for with what is registered.

    Args:
        domains: that it names.
        roles: of all domains.
        first: the role in the parameter; None before the prerequisites.
        further: those in `STUDIO_ROLES`.
    """
    there = {name for role in roles for name in role.domains}
    for name in domains:
        if name not in there:
            yield Finding(
                "fails",
                ABOUT,
                f"STUDIO_DOMAINS names {name}, and no domain here has that name and a role; "
                "correct it, and register again.",
            )
    wanted = [one for one in roles if one.is_of(domains)]
    missing = missing_of(domains, roles, first, further)
    if first is not None:
        yield from map(_missing, missing)
    gone = [arn for arn in further if arn not in {one.arn for one in wanted}] if domains else []
    yield from (_gone(arn, domains) for arn in gone)
    if domains and not missing and not gone and there.issuperset(domains):
        names = ", ".join(domains)
        yield Finding("ok", ABOUT, f"All {len(wanted)} roles of {names} are registered.")


def missing_of(
    domains: Sequence[str],
    roles: Sequence[StudioRole],
    first: str | None,
    further: Sequence[str],
) -> list[StudioRole]:
    """Roles of the domains that are not registered; see `compare`."""
    known = (first, *further)
    return [role for role in roles if role.arn not in known and role.is_of(domains)]


def _missing(role: StudioRole) -> Finding:
    return Finding(
        "fails",
        ABOUT,
        f"{role.arn}, the role of {role.used_by[0]}, is not registered, and STUDIO_DOMAINS wants "
        "all roles of that domain; register again.",
    )


def _gone(arn: str, domains: Sequence[str]) -> Finding:
    return Finding(
        "note",
        ABOUT,
        f"STUDIO_ROLES names {arn}, which is no role of {', '.join(domains)} any more; register "
        "again, which takes it out, once no project has it.",
    )
