"""Any bytes as the archive of a training job are a model or one sentence, in bounded memory.

As the archive of the live version they are a verdict.
"""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import IMAGES, SEED, Ask, worker

MOST_MEMORY_BYTES = 200 * 2**20
TOO_LARGE = "unpacks to more than 2 GiB or 10000 files; make the model smaller."
ANY_EXAMPLE = settings(
    derandomize=True,
    database=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("archives")
    python, path = IMAGES / "xgboost/bin/python", str(SEED / "source_scripts")
    with worker(python, "archive_worker.py", folder, path) as ask:
        yield lambda content: written(folder / "model.tar.gz", content, ask)


def written(file: Path, content: bytes, ask: Ask) -> dict[str, Any]:
    file.write_bytes(content)
    answer = ask(path=str(file))
    if "refused" in answer:
        assert answer["refused"].endswith(".")
        assert answer["refused"].isprintable()
        assert len(answer["refused"]) < 400
    assert answer["verdict"] == "could not be asked"
    assert answer["reason"].isprintable()
    assert len(answer["reason"]) <= 200
    assert answer["memory"] < MOST_MEMORY_BYTES
    return answer


def archive(*names: str, content: bytes = b"model", kind: bytes = tarfile.REGTYPE) -> bytes:
    """A tar, not packed."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w") as tar:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size, member.type = len(content), kind
            tar.addfile(member, io.BytesIO(content))
    return text.getvalue()


def declared(name: str, size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """The head of a member that says it is so large, and no content."""
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(tarfile.GNU_FORMAT)


MODEL = archive("xgboost-model", "code/inference.py", "code/dataset.toml", "./more/part")


def test_a_model_is_read_without_the_code_beside_it(read: Any) -> None:
    assert read(gzip.compress(MODEL))["files"] == ["more/part", "xgboost-model"]


@ANY_EXAMPLE
@given(
    content=st.one_of(
        st.binary(max_size=600),
        st.builds(
            lambda place, byte: MODEL[:place] + bytes([byte]) + MODEL[place + 1 :],
            st.integers(0, len(MODEL) - 1),
            st.integers(0, 255),
        ),
        st.integers(0, len(MODEL)).map(lambda end: MODEL[:end]),
        st.builds(
            lambda name, kind: archive(name, "xgboost-model", kind=kind),
            st.sampled_from([".", "", "/", "..", "../x", "/etc/passwd", "code", "a\n\x1b"]),
            st.sampled_from(
                [tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME]
            ),
        ),
    ),
    is_packed=st.booleans(),
    cut=st.integers(0, 40),
)
def test_any_bytes_are_a_model_or_one_sentence(
    read: Any, content: bytes, is_packed: bool, cut: int
) -> None:
    packed = gzip.compress(content, mtime=0) if is_packed else content
    read(packed[: len(packed) - cut])


@pytest.mark.parametrize(
    "content",
    [
        declared("xgboost-model", 3 * 2**30),
        declared("xgboost-model", 2**60),
        archive(*(f"tree-{number}" for number in range(10_001)), content=b""),
    ],
    ids=["3 GiB", "an exbibyte", "1,001 files"],
)
def test_more_than_a_job_can_hold_is_refused_before_it_is_unpacked(
    content: bytes, read: Any
) -> None:
    assert read(gzip.compress(content))["refused"].endswith(TOO_LARGE)
