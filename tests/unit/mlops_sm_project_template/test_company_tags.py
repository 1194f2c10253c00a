"""Tags of the company: what is read, and what is refused in one sentence."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_sm_project_template.config.company_tags import CompanyTagError, parse_tags

_LETTERS = "abcXYZ019 _.:/+@-"
_KEY = st.text(_LETTERS, max_size=127).map(lambda text: f"k{text}".strip())
_VALUE = st.text(f"{_LETTERS}=", max_size=256).map(str.strip)


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("", ()),
        (" , ", ()),
        ("cost-center=4711", (("cost-center", "4711"),)),
        (" a = b c ,d=e=f,g=,", (("a", "b c"), ("d", "e=f"), ("g", ""))),
        ("Straße=Köln", (("Straße", "Köln"),)),
    ],
)
def test_tags_are_read_in_their_order(text: str, tags: tuple[tuple[str, str], ...]) -> None:
    assert parse_tags(text) == tags


@given(st.dictionaries(_KEY, _VALUE, max_size=20))
def test_what_was_written_is_read(tags: dict[str, str]) -> None:
    if len({key.lower() for key in tags}) == len(tags):
        assert parse_tags(",".join(f"{k}={v}" for k, v in tags.items())) == tuple(tags.items())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("cost-center", "is no tag"),
        ("=4711", "is no tag"),
        (" =4711", "is no tag"),
        ("a=b;c", "is no tag"),
        ("a=\tb\tc", "is no tag"),
        (f"{'k' * 129}=v", "is no tag"),
        (f"k={'v' * 257}", "is no tag"),
        ("aws:team=a", "begins like those that AWS"),
        ("AWS:team=a", "begins like those that AWS"),
        ("sagemaker:project-id=p-0", "begins like those that AWS"),
        ("mlops-project-id=p-0", "begins like those that AWS"),
        ("mlops:stage=prod", "begins like those that AWS"),
        ("team=a,team=b", "stands there twice"),
        ("team=a,Team=b", "stands there twice"),
        (",".join(f"k{n}=v" for n in range(21)), "names 21 tags"),
    ],
)
def test_another_text_is_refused_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(CompanyTagError, match=re.escape(why)):
        parse_tags(text)
