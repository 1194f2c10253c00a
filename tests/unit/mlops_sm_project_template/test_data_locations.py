"""Data locations: what is read, what is refused, and which folders lie in them."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_sm_project_template.config.data_locations import (
    DataLocation,
    DataLocationError,
    Key,
    parse_locations,
    pattern_of_folders,
)
from mlops_sm_project_template.config.settings import Settings, SettingsError

_ACCOUNT, _REGION = "111122223333", "eu-west-1"
_KEY = f"arn:aws:kms:{_REGION}:{_ACCOUNT}:key/1a2b"
_SAFE = st.text("abcXYZ019_.=+@-", min_size=1, max_size=8).filter(lambda name: name.strip("."))


def _parse(text: str) -> tuple[DataLocation, ...]:
    return parse_locations(text, account=_ACCOUNT, region=_REGION)


def test_a_location_has_a_bucket_and_what_applies_of_folder_owner_and_key() -> None:
    text = f"s3://lake/, s3://lake/year=2026/a+b/ {_KEY} 222233334444,s3://lake/"
    assert _parse(text) == (
        DataLocation("lake", "", _ACCOUNT),
        DataLocation("lake", "year=2026/a+b/", "222233334444", Key(_ACCOUNT, "1a2b")),
    )


@pytest.mark.parametrize("text", ["", " ", ",", " , "])
def test_no_location_is_none(text: str) -> None:
    assert _parse(text) == ()


@pytest.mark.parametrize(
    "address",
    [
        "lake",
        "lake/folder/",
        "https://lake/",
        "s3://lake",
        "s3://lake/folder",
        "s3:///folder/",
        "s3://la/",
        "s3://Lake/",
        "s3://lake..x/",
        f"s3://{'b' * 64}/",
        "s3://lake//",
        "s3://lake/./",
        "s3://lake/../other/",
        "s3://lake/*/",
        "s3://lake/a?/",
        "s3://l*ke/",
        "s3://lake/${aws:PrincipalTag/x}/",
        "s3://lake/ü/",
        "s3://lake/a%20b/",
        "arn:aws:s3:::lake/folder/",
    ],
)
def test_what_iam_would_read_otherwise_is_refused_with_the_address(address: str) -> None:
    with pytest.raises(DataLocationError, match=re.escape(repr(address))):
        _parse(f"s3://other/,{address}")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("s3://lake/a b/", "'s3://lake/a' is not s3://bucket/folder/"),
        ("s3://mlops-sm-project-p-abcdefghijkl/", "is a bucket of this template's own"),
        ("s3://mlops-sm-project-versions-111122223333-eu-west-1/x/", "of this template's own"),
        (f"s3://lake/ {_KEY} {_KEY}", "has more than one account or one key"),
        ("s3://lake/ 111122223333 222233334444", "has more than one account or one key"),
        ("s3://lake/ 1111", "'1111', after s3://lake/, is neither an account of 12 digits nor"),
        ("s3://lake/ alias/lake", "is neither an account of 12 digits nor the ARN of a KMS key"),
        (f"s3://lake/ {_KEY.replace('key/', 'alias/')}", "(of the key itself, not of an alias)"),
        (f"s3://lake/ {_KEY.replace('eu-west-1', 'us-east-1')}", "is in us-east-1, but jobs read"),
    ],
)
def test_a_refusal_says_why(text: str, reason: str) -> None:
    with pytest.raises(DataLocationError, match=re.escape(reason)):
        _parse(text)


def test_the_setting_is_refused_in_one_sentence_that_names_it(tmp_path: Path) -> None:
    file = tmp_path / ".env"
    settings = f"AWS_ACCOUNT={_ACCOUNT}\nAWS_REGION={_REGION}\nDATA_LOCATIONS="
    file.write_text(f"{settings}s3://lake\n", encoding="utf-8")
    with pytest.raises(SettingsError) as refused:
        Settings.load(file)
    assert str(refused.value).startswith("DATA_LOCATIONS is refused: 's3://lake' is not s3://")
    assert str(refused.value).endswith("in the environment or in .env (see .env.example).")
    file.write_text(f"{settings}s3://lake/ {_KEY}\n", encoding="utf-8")
    assert Settings.load(file).data_locations == _parse(f"s3://lake/ {_KEY}")


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        locations = _parse(f"s3://lake/{text}")
    except DataLocationError:
        return
    for location in locations:
        assert re.fullmatch(r"s3://[a-z0-9.-]+/([A-Za-z0-9_.=+@-]+/)*", location.address)


@given(st.lists(st.lists(_SAFE, max_size=3), min_size=1, max_size=4), st.data())
def test_folders_in_the_locations_match_and_others_do_not(
    folders: list[list[str]], data: st.DataObject
) -> None:
    locations = _parse(",".join(f"s3://lake/{''.join(f'{f}/' for f in one)}" for one in folders))
    pattern = re.compile(pattern_of_folders(locations))
    inside = st.tuples(st.sampled_from(locations), st.lists(_SAFE, max_size=2)).map(
        lambda drawn: drawn[0].address + "".join(f"{name}/" for name in drawn[1])
    )
    chosen = ",".join(data.draw(st.lists(inside, max_size=4)))
    assert pattern.search(chosen)
    for wrong in (f"{chosen},", f",{chosen}", f"{chosen}x", f"{chosen} ", "s3://other/"):
        if wrong != ",":
            assert not pattern.search(wrong), wrong
    above = locations[0].address[: -len(folders[0][-1]) - 1] if folders[0] else "s3://"
    if not any(above.startswith(location.address) for location in locations):
        assert not pattern.search(above)


def test_a_list_that_does_not_match_is_refused_soon() -> None:
    pattern = re.compile(pattern_of_folders(_parse("s3://lake/,s3://lake/a/")))
    began = time.process_time()
    assert not pattern.search("s3://lake/a/," * 23 + "!")
    assert time.process_time() - began < 0.5
