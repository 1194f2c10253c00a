"""What the functions say is what `sentences.yml` says, so that a change of it is reviewed."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path

from tests.unit.functions.sentences.of_errors import errors
from tests.unit.functions.sentences.written import FILE, sentences, write

FUNCTIONS = Path(__file__).resolve().parents[4] / "functions"
# They are caught where they are raised, or say what another one says.
_SAY_NOTHING = {"_ClaimLostError", "_NotToldError", "FramingError", "TokenUnknownError"}


def test_what_is_said_is_what_was_reviewed() -> None:
    said = write(sentences())
    assert FILE.read_text(encoding="utf-8") == said, (
        "run python -m tests.unit.functions.sentences.written and read the difference"
    )


def _kinds() -> Iterator[type[Exception]]:
    """Every error of the functions that has none below it."""
    for file in sorted(FUNCTIONS.rglob("*.py")):
        name = ".".join(file.relative_to(FUNCTIONS).with_suffix("").parts)
        module = importlib.import_module(name.removesuffix(".__init__"))
        for kind in vars(module).values():
            is_error = inspect.isclass(kind) and issubclass(kind, Exception)
            if is_error and kind.__module__ == module.__name__ and not kind.__subclasses__():
                yield kind


def test_every_error_is_in_the_file() -> None:
    said = {type(error).__name__ for error in errors()} | _SAY_NOTHING
    assert {kind.__name__ for kind in _kinds()} <= said


def test_every_error_ends_as_a_sentence_unless_another_one_holds_it() -> None:
    parts = ("_HeldUpError", "AnswerTooSlowError", "AnswerTooLargeError")
    for error in errors():
        assert "\n" not in str(error)
        assert str(error).endswith(".") != (type(error).__name__ in parts), error
