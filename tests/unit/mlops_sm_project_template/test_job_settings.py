"""Images and networks of jobs: what is read, and what is refused in one sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlops_sm_project_template.config.image_repositories import (
    ImageRepository,
    ImageRepositoryError,
    parse_repositories,
)
from mlops_sm_project_template.config.job_networks import JobNetworkError, parse_ids
from mlops_sm_project_template.config.settings import Settings, SettingsError

_HOST = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
_SUBNET, _GROUP = "subnet-0123456789abcdef0", "sg-01234567"


def _load(tmp_path: Path, **values: str) -> Settings:
    lines = {"AWS_ACCOUNT": "111122223333", "AWS_REGION": "eu-west-1", **values}
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={value}\n" for name, value in lines.items()), "utf-8")
    return Settings.load(file)


def test_the_settings_are_read_as_lists(tmp_path: Path) -> None:
    settings = _load(
        tmp_path,
        IMAGE_REPOSITORIES=f"{_HOST}/team/models, {_HOST}/rings,{_HOST}/rings",
        JOBS_SUBNETS=f"{_SUBNET} ,subnet-01234567",
        JOBS_SECURITY_GROUPS=_GROUP,
    )
    assert settings.image_repositories == (
        ImageRepository(f"{_HOST}/team/models", "111122223333", "team/models"),
        ImageRepository(f"{_HOST}/rings", "111122223333", "rings"),
    )
    assert settings.jobs_subnets == (_SUBNET, "subnet-01234567")
    assert settings.jobs_security_groups == (_GROUP,)


def test_without_a_word_nothing_is_allowed(tmp_path: Path) -> None:
    settings = _load(tmp_path, IMAGE_REPOSITORIES="", JOBS_SUBNETS=" ")
    lists = (settings.image_repositories, settings.jobs_subnets, settings.jobs_security_groups)
    assert lists == ((), (), ())


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"IMAGE_REPOSITORIES": "team/models"}, "'team/models' is not the address of a reposit"),
        ({"IMAGE_REPOSITORIES": f"{_HOST}/team:1.0"}, "without tag and digest"),
        ({"IMAGE_REPOSITORIES": f"{_HOST}/team@sha256:{'0' * 64}"}, "without tag and digest"),
        ({"IMAGE_REPOSITORIES": f"{_HOST}/team/*"}, "is not the address of a repository"),
        ({"IMAGE_REPOSITORIES": f"{_HOST}/x"}, "is not the address of a repository"),
        ({"IMAGE_REPOSITORIES": f"{_HOST}/{'x' * 257}"}, "is not the address of a repository"),
        (
            {"IMAGE_REPOSITORIES": f"{_HOST.replace('eu-west-1', 'us-east-1')}/team"},
            "is in us-east-1, but SageMaker pulls images of eu-west-1 alone",
        ),
        ({"JOBS_SUBNETS": "vpc-01234567"}, "'vpc-01234567' is not the id of a subnet, such as"),
        (
            {"JOBS_SUBNETS": _SUBNET, "JOBS_SECURITY_GROUPS": "sg-*"},
            "'sg-*' is not the id of a security group",
        ),
        ({"JOBS_SUBNETS": _SUBNET}, "belong together: give both, or neither"),
        (
            {"ENDPOINT_SUBNETS": _SUBNET},
            "ENDPOINT_SUBNETS and ENDPOINT_SECURITY_GROUPS belong together: give both, or neither",
        ),
        ({"JOBS_SECURITY_GROUPS": _GROUP}, "belong together: give both, or neither"),
    ],
)
def test_a_setting_is_refused_in_one_sentence_that_names_it(
    tmp_path: Path, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        _load(tmp_path, **values)
    said = str(refused.value)
    assert any(
        said.startswith(f"{name} is refused: ")
        for name in ("JOBS_SECURITY_GROUPS", "ENDPOINT_SECURITY_GROUPS", *values)
    )
    assert sentence in said
    assert said.endswith("in the environment or in .env (see .env.example).")


@given(st.text("az09._-/*?:@${}", max_size=30))
def test_no_name_is_taken_that_iam_reads_as_a_pattern(name: str) -> None:
    try:
        (repository,) = parse_repositories(f"{_HOST}/{name}", region="eu-west-1")
    except ImageRepositoryError:
        return
    assert re.fullmatch(r"[a-z0-9._/-]+", repository.name)


@given(st.sampled_from(["subnet", "sg"]), st.text(max_size=30))
def test_any_text_is_read_or_refused(prefix: str, text: str) -> None:
    try:
        ids = parse_ids(text, prefix=prefix)
    except JobNetworkError:
        return
    assert all(re.fullmatch(rf"{prefix}-[0-9a-f]+", given) for given in ids)
