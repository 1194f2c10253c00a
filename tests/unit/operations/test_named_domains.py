"""All roles of named domains are let in, and nobody else."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from operations.aws_session import Identity
from operations.company_settings import MOST_FURTHER_ROLES, read_roles
from operations.doctor.studio_domains import compare
from operations.errors import (
    DomainUnknownError,
    OperationError,
    RoleOutsideError,
    TooManyRolesError,
)
from operations.named_domains import NamedDomains, resolve, split_names
from operations.studio_roles import list_studio_roles
from tests.unit.operations.fake_studio import FakeDomain, FakeStudio

_WHO = Identity("111122223333", "aws", "eu-west-1", "arn:aws:iam::111122223333:root")


def _arn(name: str) -> str:
    return f"arn:aws:iam::111122223333:role/studio/{name}"


_ROLES = st.sampled_from([_arn(name) for name in "ABCDE"])
_DOMAINS = st.dictionaries(
    st.sampled_from(["science", "pricing", "risk"]),
    st.builds(
        FakeDomain,
        _ROLES,
        st.dictionaries(st.sampled_from(["ada", "bob", "cy"]), st.none() | _ROLES),
    ),
    min_size=1,
)


def _resolve(
    studio: FakeStudio, *names: str, wanted: str = "", registered: str | None = None
) -> NamedDomains:
    return resolve(studio, names, _WHO, wanted=wanted, registered=registered)


def _roles_of(domain: FakeDomain) -> set[str]:
    return {domain.default, *(role for role in domain.profiles.values() if role)}


@given(_DOMAINS, st.data())
def test_exactly_the_roles_of_the_named_domains_are_let_in(
    domains: dict[str, FakeDomain], data: st.DataObject
) -> None:
    names = data.draw(st.permutations(list(domains)).map(lambda all_: all_[: len(all_) // 2 + 1]))
    registered = data.draw(st.none() | _ROLES)
    studio = FakeStudio(domains)
    found = _resolve(studio, *names, registered=registered)
    wanted = set().union(*(_roles_of(domains[name]) for name in names))
    assert {found.first, *found.further} == wanted
    assert list(found.further) == sorted(wanted - {found.first})
    assert found.first == (registered if registered in wanted else domains[names[0]].default)
    told = compare(names, list_studio_roles(studio), found.first, found.further)
    assert [one.level for one in told] == ["ok"]


@given(_DOMAINS, st.data())
def test_what_came_and_what_went_since_is_told(
    domains: dict[str, FakeDomain], data: st.DataObject
) -> None:
    known = data.draw(st.lists(_ROLES, unique=True, min_size=1))
    name = data.draw(st.sampled_from(list(domains)))
    wanted = _roles_of(domains[name])
    assume(wanted != set(known))
    told = list(compare([name], list_studio_roles(FakeStudio(domains)), known[0], known[1:]))
    came = {one.sentence.split(",")[0] for one in told if one.level == "fails"}
    went = {one.sentence.split()[2].rstrip(",") for one in told if one.level == "note"}
    assert (came, went) == (wanted - set(known), set(known[1:]) - wanted)
    assert all("register again" in one.sentence for one in told if one.level != "ok")


def test_nothing_is_told_without_domains_or_before_the_prerequisites() -> None:
    roles = list_studio_roles(FakeStudio({"science": FakeDomain(_arn("A"))}))
    assert list(compare((), roles, _arn("B"), (_arn("C"),))) == []
    assert list(compare(["science"], roles, None, ())) == []


def test_a_name_that_no_domain_has_is_told() -> None:
    roles = list_studio_roles(FakeStudio({"science": FakeDomain(_arn("A"))}))
    (found,) = compare(["risk"], roles, _arn("A"), ())
    assert found.level == "fails"
    assert found.sentence.startswith("STUDIO_DOMAINS names risk, and no domain here")


def _profiles(count: int) -> FakeStudio:
    profiles = {f"user-{number}": _arn(f"R{number:02}") for number in range(count)}
    return FakeStudio({"science": FakeDomain(_arn("all"), dict(profiles))})


def test_as_many_roles_as_can_be_registered_are() -> None:
    assert len(_resolve(_profiles(MOST_FURTHER_ROLES), "science").further) == MOST_FURTHER_ROLES


_FOREIGN = FakeDomain(_arn("A"), {"ada": _arn("B").replace("1111", "4444")})


@pytest.mark.parametrize(
    ("studio", "name", "wanted", "error", "said"),
    [
        (_profiles(1), "risk", "", DomainUnknownError, "correct --domains or STUDIO_DOMAINS, give"),
        (FakeStudio({}), "risk", "", DomainUnknownError, "there is none at all"),
        (_profiles(1), "science", _arn("X"), RoleOutsideError, "leave --role out, or name its"),
        (
            _profiles(MOST_FURTHER_ROLES + 1),
            "science",
            "",
            TooManyRolesError,
            "have 12 execution roles, and at most 11 can be registered; name fewer domains",
        ),
        (FakeStudio({"a": _FOREIGN}), "a", "", OperationError, "role of account 444422223333"),
    ],
)
def test_what_cannot_be_registered_is_refused_in_one_sentence(
    studio: FakeStudio, name: str, wanted: str, error: type[OperationError], said: str
) -> None:
    with pytest.raises(error) as refused:
        _resolve(studio, name, wanted=wanted)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_wanted_role_is_the_first() -> None:
    found = _resolve(_profiles(1), "science", wanted=_arn("R00"), registered=_arn("all"))
    assert (found.first, found.further) == (_arn("R00"), (_arn("all"),))
    assert found.settings == {"STUDIO_DOMAINS": "science", "STUDIO_ROLES": _arn("all")}


def test_that_there_is_no_further_role_is_written_down_too() -> None:
    found = _resolve(_profiles(0), "science")
    assert read_roles(found.settings["STUDIO_ROLES"], _WHO) == ()
    assert found.settings["STUDIO_ROLES"]


def test_names_are_read_once_each() -> None:
    assert split_names(" a, b,,a ") == ("a", "b")
