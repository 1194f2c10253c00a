"""The settings that name an image of one's own, and the environment that stands for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rehearsal.checkout import ROOT
from rehearsal.conductor.errors import ImageError
from rehearsal.conductor.own_image import check_image, with_image

SHIPPED = (ROOT / "seed_code/build_app/pipeline.toml").read_text(encoding="utf-8")
IMAGE = f"111122223333.dkr.ecr.eu-west-1.amazonaws.com/team/models@sha256:{64 * '0'}"


@pytest.mark.parametrize("script", ["", 'script = "train.py"\n'])
def test_an_image_comes_instead_of_a_framework_and_its_hyperparameters(script: str) -> None:
    before = tomllib.loads(SHIPPED)
    text = SHIPPED.replace('version = "3.2-0"\n', f'version = "3.2-0"\n{script}')
    after = tomllib.loads(with_image(text, "team/models"))
    kept = before["algorithm"]["hyperparameters"] if script else {}
    wanted = {"image": IMAGE, "hyperparameters": kept, **({"script": "train.py"} if script else {})}
    assert after.pop("algorithm") == wanted
    del before["algorithm"]
    assert after == before


def test_an_environment_without_its_programs_is_no_image(tmp_path: Path) -> None:
    folder = tmp_path / ".images/own/team/models/bin"
    folder.mkdir(parents=True)
    for program in ("python", "train", "serve"):
        with pytest.raises(ImageError, match=f"There is no {folder}/{program}; put a Python env"):
            check_image(tmp_path, "team/models")
        (folder / program).touch()
    check_image(tmp_path, "team/models")
