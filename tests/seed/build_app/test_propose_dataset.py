"""Files as people have them become settings by which preprocessing reads them, or one sentence."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import subprocess
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .conftest import IMAGES, SEED, Ask, customer_environment, worker

NAMES = ["town", "size", "rooms", "price"]
TOWNS = ["Zürich", "Paris, France", 'the "Hague"', "Bern\n(BE)", "a;b|c\td"]
# Sizes and prices have fractions, some rooms are missing.
TABLE = [
    [TOWNS[i % len(TOWNS)], i + 0.25, i % 6 or None, round(1000.5 + 3.25 * i, 2)] for i in range(30)
]


@pytest.fixture(scope="module")
def propose(command: Ask) -> Ask:
    """Run `propose-dataset` with arguments, in a clone in which files were changed before."""

    def ask(*argv: str, before: dict[str, str] | None = None) -> dict[str, Any]:
        return command(command="propose_dataset", argv=argv, before=before or {})

    return ask


@pytest.fixture(scope="module")
def preprocess(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    python, scripts = IMAGES / "xgboost/bin/python", SEED / "source_scripts"
    folder = tmp_path_factory.mktemp("preprocessed")
    with worker(python, "reading_worker.py", folder, str(scripts)) as ask:
        yield ask


@dataclass(frozen=True)
class Written:
    """How a table is written."""

    delimiter: str = ","
    decimal: str = "."
    encoding: str = "utf-8"
    line_end: str = "\n"
    quoting: Any = csv.QUOTE_MINIMAL
    header: bool = True
    missing: str = ""

    def content(self) -> bytes:
        text = io.StringIO()
        writer = csv.writer(
            text, delimiter=self.delimiter, lineterminator=self.line_end, quoting=self.quoting
        )
        if self.header:
            writer.writerow(NAMES)
        writer.writerows([self.cell(value) for value in row] for row in TABLE)
        return text.getvalue().encode(self.encoding)

    def cell(self, value: Any) -> str:
        if value is None:
            return self.missing
        return str(value).replace(".", self.decimal) if isinstance(value, float) else str(value)


WAYS = {
    "commas": Written(),
    "semicolons and decimal commas": Written(";", ","),
    "semicolons and points": Written(";"),
    "tabs": Written("\t"),
    "tabs and decimal commas": Written("\t", ","),
    "bars": Written("|"),
    "byte-order mark": Written(encoding="utf-8-sig"),
    "byte-order mark before a quote": Written(encoding="utf-8-sig", quoting=csv.QUOTE_ALL),
    "Windows": Written(";", ",", "cp1252", "\r\n"),
    "Latin 1": Written(encoding="latin-1"),
    "UTF-16": Written(encoding="utf-16"),
    "UTF-16 with tabs": Written("\t", encoding="utf-16", line_end="\r\n"),
    "UTF-32": Written(encoding="utf-32"),
    "line ends of old Macs": Written(line_end="\r", quoting=csv.QUOTE_ALL),
    "line ends of Windows": Written(line_end="\r\n"),
    "blank lines": Written(line_end="\n\n"),
    "all quoted": Written(quoting=csv.QUOTE_ALL),
    "texts quoted": Written(quoting=csv.QUOTE_NONNUMERIC),
    "no header": Written(header=False),
    **{f"missing as {sign}": Written(missing=sign) for sign in ("NA", "null", "?", "NaN", "-")},
}


def save(folder: Path, content: bytes, name: str = "mine.csv") -> Path:
    (folder / "data").mkdir()
    path = folder / "data" / name
    path.write_bytes(content)
    return path


def arrives(folder: Path, proposed: dict[str, Any], preprocess: Ask) -> dict[str, Any]:
    """Let preprocessing read the file by what was proposed."""
    assert (proposed["code"], proposed["err"]) == (0, ""), proposed["err"]
    (folder / "dataset.toml").write_text(proposed["files"]["dataset.toml"], encoding="utf-8")
    found = preprocess(folder=str(folder))
    assert found["code"] == 0, found["err"]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_table_arrives_alike_however_it_is_written(
    way: str, propose: Ask, preprocess: Ask, tmp_path: Path
) -> None:
    written = WAYS[way]
    path = save(tmp_path, written.content())
    columns = [] if written.header else ["--columns", ",".join(NAMES)]
    proposed = propose(str(path), "--label", "price", *columns)
    found = arrives(tmp_path, proposed, preprocess)
    assert found["labels"] == [row[3] for row in TABLE]
    assert found["features"] == [row[:3] for row in TABLE]
    form = tomllib.loads(proposed["files"]["dataset.toml"])["file"]
    assert form["missing"] == [written.missing] * bool(written.missing)
    assert proposed["changed"] == " M dataset.toml\n M pipeline.toml\n"


def rows(*columns: list[Any], names: str) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([names.split(","), *zip(*columns, strict=True)])
    return text.getvalue().encode()


NUMBERS = [i / 4 for i in range(40)]
LABEL = ["no", "yes"] * 20
KINDS: dict[str, tuple[str, list[Any], str, str]] = {
    "numbers": ("x", NUMBERS, "number", "0 to 9.75"),
    "numbers with exponents": ("x", [f"{i}e-3" for i in range(40)], "number", "0 to 0.039"),
    "numbers as words": ("x", [i % 3 for i in range(40)], "number", "0 to 2"),
    "numbers and a word": ("x", ["low", *range(39)], "category", "40 different"),
    "categories": ("x", ["a", "b, c"] * 20, "category", "2 different values"),
    "categories with gaps": ("x", ["a", "b", "", "c"] * 10, "category", "25.0 % are empty"),
    "one value": ("x", ["a"] * 40, "text", "always 'a'"),
    "nothing": ("x", [""] * 40, "text", "empty in every record"),
    "only NA": ("x", ["NA"] * 40, "text", "empty in every record"),
    "dates": ("x", [f"2026-01-{i % 28 + 1:02}" for i in range(40)], "text", "dates"),
    "times": ("x", [f"2026-01-01T10:{i:02}:00Z" for i in range(40)], "text", "dates"),
    "German dates": ("x", [f"{i % 28 + 1}.1.2026" for i in range(40)], "text", "dates"),
    "identifiers": ("customer_id", list(range(1000, 1040)), "identifier", "called so"),
    "identifiers in camel case": ("customerId", list(range(40)), "identifier", "called so"),
    "signs of cases": ("x", [f"c-{i}" for i in range(60)], "identifier", "a different text"),
    "notes": ("x", [f"note {i % 55}" for i in range(60)], "text", "55 different values"),
    "1,001 categories": (
        "x",
        [f"t{i % 1001}" for i in range(1100)],
        "text",
        "more than 1000 different values; more than 50 no category",
    ),
    "line separators of Unicode": ("x", ["a\u2028b", "c\x85d"] * 20, "category", "2 different"),
    "signs of a terminal": ("x\x1b[31m", ["a", "b\x07"] * 20, "category", "2 different"),
    "a name with points, quotes and a line break": ('x.y "z"\n', LABEL, "category", "2 diff"),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_column_is_taken_for_what_it_is_and_the_reason_is_said(
    case: str, propose: Ask, preprocess: Ask, tmp_path: Path
) -> None:
    name, values, kind, why = KINDS[case]
    labels, numbers = LABEL * len(values), NUMBERS * len(values)
    text = io.StringIO()
    other = list(zip(values, numbers, labels, strict=False))
    csv.writer(text).writerows([[name, "other", "label"], *other])
    path = save(tmp_path, text.getvalue().encode())
    proposed = propose(str(path), "--label", "label")
    arrives(tmp_path, proposed, preprocess)
    columns = tomllib.loads(proposed["files"]["dataset.toml"])["columns"]
    assert columns[name.strip()] == {"type": kind}
    said = next(line for line in proposed["out"].splitlines() if f" {kind} " in line)
    assert why in said
    assert all(line.isprintable() for line in proposed["out"].splitlines())


LABELS: dict[str, tuple[list[Any], str, list[str] | None]] = {
    "yes and no": (LABEL, "binary", ["no", "yes"]),
    "true and false": (["TRUE", "FALSE"] * 20, "binary", ["FALSE", "TRUE"]),
    "1 and 0": ([1, 0] * 20, "binary", ["0", "1"]),
    "2 and 1, of which 1 is no name": ([2, 1, 2, 2] * 10, "binary", ["2", "1"]),
    "the rarer one": (["left", "right", "left", "left"] * 10, "binary", ["left", "right"]),
    "three words": (["a", "b, c", "d", "a"] * 10, "multiclass", ["a", "b, c", "d"]),
    "few whole numbers": ([3, 1, 2, 2] * 10, "multiclass", ["1", "2", "3"]),
    "eleven whole numbers": ([i % 11 for i in range(44)], "regression", None),
    "three fractions": ([0.5, 1.5, 2.5, 2.5] * 10, "regression", None),
}


@pytest.mark.parametrize("case", LABELS)
def test_the_task_follows_from_the_label(
    case: str, propose: Ask, preprocess: Ask, tmp_path: Path
) -> None:
    labels, task, classes = LABELS[case]
    path = save(tmp_path, rows(labels, [i / 4 for i in range(len(labels))], names="y,x"))
    proposed = propose(str(path), "--label", "y", "--json")
    found = arrives(tmp_path, proposed, preprocess)
    told = json.loads(proposed["out"])
    settings = tomllib.loads(proposed["files"]["pipeline.toml"])
    assert (told["task"], settings["task"]["type"]) == (task, task)
    assert (told["metric"], told["threshold"]) == tuple(settings["gate"].values())
    assert told["url"] == settings["data"]["url"]
    assert told["records"] == len(labels)
    column = tomllib.loads(proposed["files"]["dataset.toml"])["columns"]["y"]
    assert column.get("values") == classes
    expected = [classes.index(str(v)) for v in labels] if classes else labels
    assert found["labels"] == expected


def workbook() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return content.getvalue()


GOOD = rows(NUMBERS, LABEL, names="x,y")


def good(**changes: list[Any]) -> bytes:
    columns: dict[str, list[Any]] = {"x": NUMBERS, "y": LABEL, **changes}
    return rows(*columns.values(), names=",".join(columns))


REFUSED: dict[str, tuple[bytes, list[str], str]] = {
    "label not there": (GOOD, ["--label", "z"], r"no column 'z'; it has 'x', 'y'"),
    "label partly missing": (good(y=["", *LABEL[1:]]), [], r"1 of 40 records have no value in the"),
    "label NA": (good(y=["NA", *LABEL[1:]]), [], r"label 'y' \('NA' counts as none\); remove"),
    "label always missing": (good(y=[""] * 40), [], r"40 of 40 records have no value"),
    "one class": (good(y=["yes"] * 40), [], r"label 'y' is 'yes' in every record"),
    "one number": (good(y=[1.5] * 40), ["--task", "regression"], r"'1\.5' in every record"),
    "class seen once": (good(y=["rare", *LABEL[1:]]), [], r"class 'rare' .* has 1 records"),
    "101 classes": (
        rows(list(range(303)), [f"c{i % 101}" for i in range(303)], names="x,y"),
        [],
        r"has 101 different values, but at most 100 classes",
    ),
    "words for a regression": (GOOD, ["--task", "regression"], r"is not a number in every record"),
    "three classes for two": (
        good(y=["a", "b", "c", "a"] * 10),
        ["--task", "binary"],
        r"3 different values, which does not fit the task binary",
    ),
    "two classes for three": (GOOD, ["--task", "multiclass"], r"2 different values, which does"),
    "two columns of one name": (rows(NUMBERS, NUMBERS, LABEL, names="x,x,y"), [], r"called 'x'"),
    "column without name": (
        rows(NUMBERS, NUMBERS, LABEL, names=",x,y"),
        [],
        r"column 1 .* no name",
    ),
    "ragged row": (GOOD + b"1,no,3\n", [], r"mine\.csv, row 42: 3 values for 2 columns"),
    "short row": (GOOD + b"1\n", [], r"mine\.csv, row 42: 1 values for 2 columns"),
    "open quote": (GOOD + b'"1,no\n', [], r"mine\.csv, row 42 is not CSV"),
    "open quote before much": (b'"' + GOOD + b"x" * 200_000, [], r"no two columns"),
    "names do not fit": (GOOD, ["--columns", "a,b,y"], r"names 3 columns, but mine\.csv has 2"),
    "gzip": (gzip.compress(GOOD), [], r"is a file of gzip; unpack it"),
    "Excel": (workbook(), [], r"is a file of ZIP or Excel"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", [], r"is a file of Excel"),
    "binary": (bytes(range(256)) * 40, [], r"holds zero bytes and is no text"),
    "UTF-16 cut off": (GOOD.decode().encode("utf-16")[:-1], [], r"is not text in utf-16"),
    "empty": (b"", [], r"is empty; supply"),
    "blank": (b" \n\n", [], r"is empty; supply"),
    "header only": (b"x,y\n", [], r"holds 0 records, at least 20 are needed"),
    "too few records": (GOOD[:100], [], r"holds \d+ records, at least 20 are needed"),
    "one column": (b"y\n" + b"1\n2\n" * 20, [], r"no two columns"),
    "one endless row": (b"a," * 200_000, [], r"first row .* has more than 262144 characters"),
    "damaged Parquet": (b"PAR1" + GOOD, [], r"cannot be read as Parquet"),
    "no float holds it": (
        good(x=["1e400", *NUMBERS[1:]]),
        [],
        r"'x' has a number beyond 3\.4e\+38",
    ),
    "separators of thousands": (
        good(x=[f"{i},250" for i in range(40)]),
        [],
        r"'x' has numbers with a comma \('0,250'\), which separates",
    ),
    "points and commas": (
        "".join(
            ["a;b;y\n", *(f"{i},5;{i}.5;{'no' if i % 2 else 'yes'}\n" for i in range(40))]
        ).encode(),
        [],
        r"column 'a' has numbers with a comma \('0,5'\), column 'b' with a point",
    ),
    "nothing to learn from": (good(x=["a"] * 40), [], r"none but the label is of type number"),
    "2,001 columns": (
        rows(*[NUMBERS] * 2000, LABEL, names=",".join(map(str, range(2000))) + ",y"),
        [],
        r"2001 stand there; 2 to 2000 are possible",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_trained_on_is_refused_in_one_sentence_and_nothing_is_written(
    case: str, propose: Ask, tmp_path: Path
) -> None:
    content, given, sentence = REFUSED[case]
    path = save(tmp_path, content)
    refused(
        propose(str(path), *(given if "--label" in given else ["--label", "y", *given])), sentence
    )
    assert [file.name for file in path.parent.iterdir()] == ["mine.csv"]


def refused(answer: dict[str, Any], sentence: str) -> None:
    assert (answer["code"], answer["out"], answer["changed"]) == (1, "", "")
    assert answer["err"].count("\n") == 1
    assert answer["err"].startswith("propose-dataset: ")
    assert answer["err"].endswith(".\n")
    assert answer["err"][:-1].isprintable()
    assert re.search(sentence, answer["err"]), answer["err"]


def test_a_file_that_is_not_there_is_one_sentence(propose: Ask, tmp_path: Path) -> None:
    refused(propose(str(tmp_path / "mine.csv"), "--label", "y"), r"cannot be read \(No such")
    refused(propose(str(tmp_path), "--label", "y"), r"cannot be read \(Is a directory")


def test_uncommitted_settings_are_overwritten_only_if_that_is_said(
    clone: Path, propose: Ask, tmp_path: Path
) -> None:
    argv = [str(save(tmp_path, GOOD)), "--label", "y"]
    for name in ("dataset.toml", "pipeline.toml"):
        text = (SEED / name).read_text(encoding="utf-8") + "# mine\n"
        answer = propose(*argv, before={name: text})
        assert (answer["code"], answer["out"], answer["changed"]) == (1, "", f" M {name}\n")
        assert answer["files"][name] == text
        assert f"{name} holds changes that are not committed" in answer["err"]
        replaced = propose(*argv, "--replace", before={name: text})
        assert (replaced["code"], replaced["err"]) == (0, "")
        assert replaced["changed"] == " M dataset.toml\n M pipeline.toml\n"


@pytest.mark.parametrize(
    "broken", ["[gate", "", 'type = "regression"', "\n[gate]\nmetric = 3", "x = 1"]
)
def test_settings_that_are_refused_themselves_are_not_built_upon(
    broken: str, propose: Ask, tmp_path: Path
) -> None:
    argv = [str(save(tmp_path, GOOD)), "--label", "y", "--replace"]
    answer = propose(*argv, before={"pipeline.toml": broken})
    assert answer["changed"] == " M pipeline.toml\n"
    refused({**answer, "changed": ""}, r"pipeline\.toml")


def test_scikit_learn_begins_with_a_script_that_is_not_written_over(
    propose: Ask, tmp_path: Path
) -> None:
    argv = [str(save(tmp_path, GOOD)), "--label", "y", "--framework", "scikit-learn"]
    proposed = propose(*argv)
    algorithm = tomllib.loads(proposed["files"]["pipeline.toml"])["algorithm"]
    assert (algorithm["framework"], algorithm["script"]) == ("scikit-learn", "train.py")
    assert "?? source_scripts/train.py" in proposed["changed"]
    mine = {"source_scripts/train.py": "print('mine')\n"}
    again = propose(*argv, before=mine)
    assert (again["code"], again["files"]["source_scripts/train.py"]) == (0, "print('mine')\n")


@pytest.mark.parametrize("framework", [None, "xgboost"])
def test_an_image_of_one_s_own_stays_unless_a_framework_is_asked_for(
    framework: str | None, propose: Ask, tmp_path: Path
) -> None:
    host = "111122223333.dkr.ecr.eu-west-1.amazonaws.com"
    own = f'image = "{host}/rings@sha256:{"0" * 64}"\n'
    shipped = (SEED / "pipeline.toml").read_text(encoding="utf-8")
    text = shipped.replace('framework = "xgboost"\nversion = "3.2-0"\n', own)
    argv = [str(save(tmp_path, GOOD)), "--label", "y", "--replace"]
    chosen = [] if framework is None else ["--framework", framework]
    proposed = propose(*argv, *chosen, before={"pipeline.toml": text})
    assert (proposed["code"], proposed["err"]) == (0, "")
    algorithm = tomllib.loads(proposed["files"]["pipeline.toml"])["algorithm"]
    if framework is None:
        assert algorithm == tomllib.loads(text)["algorithm"]
    else:
        assert "image" not in algorithm
        assert (algorithm["framework"], algorithm["version"]) == ("xgboost", "3.2-0")


def test_parquet_is_written_as_csv_beside_it(
    propose: Ask, preprocess: Ask, sdk_bin: Path, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "table.parquet"
    code = (
        "import json, sys, pyarrow, pyarrow.parquet as p; t = json.load(sys.stdin);"
        "p.write_table(pyarrow.table(dict(zip(t['names'], zip(*t['rows'])))), sys.argv[1])"
    )
    subprocess.run(
        [str(sdk_bin / "python"), "-c", code, str(path)],
        input=json.dumps({"names": NAMES, "rows": TABLE}),
        env=customer_environment(),
        text=True,
        check=True,
    )
    refused(propose(str(path), "--label", "cost"), r"table\.csv has no column 'cost'")
    assert not path.with_suffix(".csv").exists()
    proposed = propose(str(path), "--label", "price")
    written = path.with_suffix(".csv")
    assert tomllib.loads(proposed["files"]["pipeline.toml"])["data"]["url"].endswith("/table.csv")
    refused(propose(str(path), "--label", "price"), r"table\.csv exists already; remove it")
    shutil.move(written, tmp_path / "data")
    found = arrives(tmp_path, proposed, preprocess)
    assert found["labels"] == [row[3] for row in TABLE]
    assert found["features"] == [row[:3] for row in TABLE]
