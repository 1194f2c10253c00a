"""What the conductor says of a data file before it begins."""

from pathlib import Path

import pytest

from rehearsal.conductor.dataset import read_dataset
from rehearsal.conductor.errors import DatasetError
from rehearsal.conductor.synthetic_abalone import generate

GOOD = "M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15,15\n"


def _write(folder: Path, content: str) -> Path:
    file = folder / "data.csv"
    file.write_text(content, encoding="utf-8")
    return file


def test_synthetic_records_are_accepted_whole(tmp_path: Path) -> None:
    content = "".join(f"{record}\n" for record in generate(50))
    assert read_dataset(_write(tmp_path, content)).decode() == content


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("sex,length,diameter,height,a,b,c,d,rings\n" + GOOD, "row 1 is a header row"),
        (GOOD + "M,0.455,0.365\n", r"data\.csv, row 2: column 'height' is missing"),
        (GOOD.replace("0.095", "tall"), "row 1, column 'height': 'tall' is not a number"),
        (GOOD.replace("M,", "X,"), "row 1, column 'sex': 'X' is not one of 'F', 'I', 'M'"),
        (GOOD.replace("15\n", "nan\n"), "column 'rings': 'nan' is not a number"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(DatasetError, match=said):
        read_dataset(_write(tmp_path, content))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"gone\.csv cannot be read"):
        read_dataset(tmp_path / "gone.csv")
