"""Requests that any client may send: sound ones, damaged ones, and bytes of any kind."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field

from hypothesis import strategies as st

# What HTTP carries in a header: Latin-1 without control characters.
HEADER_TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"))
SEXES = ("F", "I", "M")


@dataclass(frozen=True)
class ClientRequest:
    """One request as it goes over the wire."""

    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


def as_csv(rows: list[list[str]], terminator: str = "\n", quoting: int = csv.QUOTE_MINIMAL) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator=terminator, quoting=quoting).writerows(rows)
    return text.getvalue()


@st.composite
def _sound_numbers(draw: st.DrawFn) -> str:
    number = draw(st.floats(min_value=-3.4e38, max_value=3.4e38))
    form = draw(st.sampled_from(["{!r}", "{:.3f}", "{:+e}", "{:E}", " {!r}\t"]))
    return draw(st.sampled_from(["", ".5", "7.", "007", form.format(number)]))


SOUND_ROWS = st.tuples(st.sampled_from(SEXES), *[_sound_numbers()] * 7).map(list)
SOUND_BODIES = st.builds(
    as_csv,
    st.lists(SOUND_ROWS, min_size=1, max_size=4),
    terminator=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
SOUND_TYPES = st.sampled_from(
    [
        "text/csv",
        "TEXT/CSV",
        "text/csv; charset=utf-8",
        'text/csv;charset="UTF-8"',
        "text/csv; header=absent",
    ]
)
_MEDIA_RANGES = ["text/csv", "TEXT/csv", "application/json", "text/*", "*/*", "image/png", "x", "*"]
_WEIGHTS = ["", ";q=0", ";q=0.5", "; q=1.0", ";q=x", ";q=", ";q=-1", ";q=1e9", ";charset=utf-8"]
ACCEPTS = st.lists(
    st.tuples(st.sampled_from(_MEDIA_RANGES), st.sampled_from(_WEIGHTS)).map("".join), max_size=5
).map(", ".join)

_STRANGE_CELLS = [
    *("nan", "NaN", "inf", "-Infinity", "0x1p3", "1_000", "1e999", "-1e309", "1e39", "3.5e38"),
    *("٣", "1\u00a0000", "½", "1,5", "--1", "+", ".", "e5", "1e", "\x00", "\ufeff1", "\ufffd"),
    *("True", "None", '"', '""', "'", '"a"b', "a\nb", "a\rb", "\u2028", "=1+1", "9" * 200),
    *("1" * 140_000, "x" * 140_000),
]
_CELLS = st.one_of(st.sampled_from(_STRANGE_CELLS), st.text(max_size=8), _sound_numbers())


@st.composite
def _damaged_csv(draw: st.DrawFn) -> bytes:
    """Records of which some cells are others, or are missing."""
    rows = draw(st.lists(SOUND_ROWS, min_size=1, max_size=3))
    for _ in range(draw(st.integers(1, 3))):
        row = draw(st.sampled_from(rows))
        position = draw(st.integers(0, len(row)))
        row[position : position + draw(st.integers(0, 2))] = draw(st.lists(_CELLS, max_size=2))
    joined = "\n".join(",".join(row) for row in rows)
    text = draw(st.sampled_from([as_csv(rows), joined]))
    return text.encode("utf-8", "surrogatepass")


@st.composite
def _reencoded(draw: st.DrawFn) -> bytes:
    """Sound records in another encoding, with a mark before them, or cut."""
    text = draw(SOUND_BODIES)
    encoding = draw(st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7"]))
    content = text.encode(encoding)
    return content[: draw(st.integers(0, len(content)))]


_WIDE = st.sampled_from([",", "1,", "M,0.1,", '"",']).flatmap(
    lambda cell: st.sampled_from([8, 9, 2000, 50_000]).map(lambda count: (cell * count).encode())
)
_DEEP = st.sampled_from(["[", '{"a":', '"', "(", "<a>"]).flatmap(
    lambda opening: st.sampled_from([1, 100, 100_000]).map(lambda depth: (opening * depth).encode())
)
BODIES = st.one_of(
    SOUND_BODIES.map(str.encode),
    _damaged_csv(),
    _reencoded(),
    st.binary(max_size=64),
    st.text(st.characters(categories=["Cs", "Cc", "Lu", "Nd", "P", "Z"]), max_size=32).map(
        lambda text: text.encode("utf-8", "surrogatepass")
    ),
    st.recursive(st.none() | st.floats() | st.text(), st.lists, max_leaves=5).map(
        lambda value: json.dumps(value).encode()
    ),
    _WIDE,
    _DEEP,
)
_STRANGE_TYPES = [
    *("application/json", "text/plain", "text", "/", ";", "text/csv;", "text/csv; charset"),
    *("text/csv; charset=latin-1", "text/csv;charset=utf-16", 'text/csv; charset="', "text/csv,"),
    *("text/csv; charset*=utf-8''x%FF", "text/csv; charset*0*=a'b'%zz; charset*1=c", "text/csv/x"),
    *("multipart/form-data; boundary=x", "application/x-www-form-urlencoded", 'text/csv; a="\\"'),
]
CONTENT_TYPES = st.one_of(SOUND_TYPES, st.sampled_from(_STRANGE_TYPES), HEADER_TEXT)
_HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": CONTENT_TYPES,
        # AWS's container looks at this one first.
        "ContentType": CONTENT_TYPES,
        "Accept": st.one_of(ACCEPTS, HEADER_TEXT),
        "X-Amzn-SageMaker-Custom-Attributes": HEADER_TEXT,
    },
)
_OFTEN_CSV = st.fixed_dictionaries({"Content-Type": SOUND_TYPES}, optional={"Accept": ACCEPTS})
REQUESTS = st.builds(ClientRequest, BODIES, _HEADERS | _OFTEN_CSV)
