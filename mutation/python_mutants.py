"""Mutants of Python files, by mutmut's operators."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from libcst.metadata import ByteSpanPositionProvider, MetadataWrapper
from mutmut.mutation.file_mutation import create_mutations

from mutation.mutant import Replacement, id_of
from mutation.python_meaning import meaning_of
from mutation.python_places import Place, places_of

_MOST_SHOWN = 60


@dataclass(frozen=True)
class PythonMutant:
    """A span of a Python file that is written otherwise."""

    file: str
    where: Place
    replacement: Replacement
    nth: int

    @property
    def id(self) -> str:
        """Digest of file, function, both texts and their number in the function."""
        texts = (self.replacement.before, self.replacement.after)
        return id_of(self.file, self.where.function, *texts, str(self.nth))

    @property
    def place(self) -> str:
        """The function and its line."""
        return f"{self.where.function or 'module'}, line {self.where.line}"

    @property
    def change(self) -> str:
        """The parts of both texts that differ, with something around them."""
        before, after = (
            " ".join(text.split()) for text in (self.replacement.before, self.replacement.after)
        )
        if max(len(before), len(after)) <= _MOST_SHOWN:
            return f"{before} → {after}"
        match = difflib.SequenceMatcher(None, before, after, autojunk=False)
        codes = [code for code in match.get_opcodes() if code[0] != "equal"]
        start = max(0, min(code[1] for code in codes) - 12) if codes else 0
        ends = (max((c[2] for c in codes), default=0), max((c[4] for c in codes), default=0))
        return f"…{before[start : ends[0] + 12]}… → …{after[start : ends[1] + 12]}…"

    def differs(self, root: Path) -> bool:
        """Whether a program comes out that does something else, and that Python can compile."""
        text = (root / self.file).read_text(encoding="utf-8")
        changed = self.replacement.apply(text)
        try:
            compile(changed, self.file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return False
        return meaning_of(changed) != meaning_of(text)

    def put_into(self, root: Path) -> None:
        """Write the file anew."""
        file = root / self.file
        file.write_text(self.replacement.apply(file.read_text(encoding="utf-8")), encoding="utf-8")


def collect_python(root: Path, folder: str) -> Iterator[PythonMutant]:
    """Every mutant of every Python file below a folder."""
    for path in sorted((root / folder).rglob("*.py")):
        yield from _mutants_of(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))


def _mutants_of(file: str, text: str) -> Iterator[PythonMutant]:
    module, mutations, _classes, _functions = create_mutations(file, text)
    spans = MetadataWrapper(module, unsafe_skip_copy=True).resolve(ByteSpanPositionProvider)
    content, places = text.encode(), places_of(text)
    seen: Counter[tuple[str, str, str]] = Counter()
    for mutation in mutations:
        span = spans.get(mutation.original_node)
        if span is None:
            continue
        before = content[span.start : span.start + span.length].decode()
        after = module.code_for_node(mutation.mutated_node)
        if after == before:
            continue
        where = places.at(content[: span.start].count(b"\n") + 1)
        key = (where.function, before, after)
        yield PythonMutant(file, where, Replacement(span.start, before, after), seen[key])
        seen[key] += 1
