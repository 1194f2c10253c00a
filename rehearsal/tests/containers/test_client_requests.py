"""No bytes of a client make the served code answer 5xx, by the real server of the local image."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings

from .client_requests import ACCEPTS, REQUESTS, SOUND_BODIES, SOUND_TYPES, ClientRequest
from .serving import Server

RECORD = b"M,0.455,0.365,0.095,0.514,0.2245,0.101,0.15"
OWN_MISTAKES = (400, 406, 415)
LIKE_ANY = settings(
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def check(server: Server, request: ClientRequest) -> None:
    answer = server.send(request.body, request.headers)
    assert answer.status in (200, *OWN_MISTAKES), answer
    if answer.status == 200:
        assert answer.media_type in ("text/csv", "application/json")
    else:
        assert answer.body.endswith("."), answer
        assert "\n" not in answer.body
        assert len(answer.body) < 1000


@settings(LIKE_ANY, max_examples=300)
@given(request=REQUESTS)
def test_what_a_client_sends_is_answered_or_is_its_own_mistake(
    server: Server, request: ClientRequest
) -> None:
    check(server, request)


@pytest.mark.proof("scenarios")
@settings(LIKE_ANY, max_examples=10_000)
@given(request=REQUESTS)
def test_ten_thousand_requests_are_answered_or_are_the_client_s_mistakes(
    server: Server, request: ClientRequest
) -> None:
    check(server, request)


@settings(LIKE_ANY, max_examples=100)
@given(body=SOUND_BODIES, content_type=SOUND_TYPES, accept=ACCEPTS)
def test_sound_records_get_one_finite_prediction_each(
    server: Server, body: str, content_type: str, accept: str
) -> None:
    headers = {"Content-Type": content_type, "Accept": f"{accept}, text/csv"}
    answer = server.send(body.encode(), headers)
    rejected = "text/csv;q=0" in accept.lower()
    if answer.status == 406:
        assert rejected
        return
    assert answer.status == 200, answer


@pytest.mark.parametrize(
    ("accept", "status", "media_type"),
    [
        (None, 200, "text/csv"),
        ("*/*", 200, "text/csv"),
        ("text/*", 200, "text/csv"),
        ("application/json", 200, "application/json"),
        ("application/json; charset=utf-8", 200, "application/json"),
        ("APPLICATION/JSON", 200, "application/json"),
        ("text/csv;q=0.5, application/json", 200, "application/json"),
        ("image/png, */*;q=0.1", 200, "text/csv"),
        ("text/csv;q=0, */*", 200, "application/json"),
        ("text/csv;q=0", 406, "text/plain"),
        ("image/png", 406, "text/plain"),
        ("nonsense", 406, "text/plain"),
    ],
)
def test_the_answer_has_the_form_that_the_client_prefers(
    server: Server, accept: str | None, status: int, media_type: str
) -> None:
    answer = server.send(
        RECORD, {"Content-Type": "text/csv", **({"Accept": accept} if accept else {})}
    )
    assert (answer.status, answer.media_type) == (status, media_type)


@pytest.mark.parametrize(
    ("body", "headers", "status", "said"),
    [
        (RECORD, {}, 415, "'application/json' is not supported; send text/csv in UTF-8."),
        (RECORD, {"Content-Type": "text/csv; charset=utf-16"}, 415, "send text/csv in UTF-8"),
        (RECORD.replace(b"0.365", b"1e39"), {"Content-Type": "text/csv"}, 400, "too large"),
        (b'M,"0.455', {"Content-Type": "text/csv"}, 400, "row 1 is not CSV"),
        (b"\xff" + RECORD, {"Content-Type": "text/csv; charset=utf-8"}, 400, "not UTF-8 text"),
        (b"," * 5_000_000, {"Content-Type": "text/csv"}, 400, "the row has 5000001 columns"),
        (b"M," + b"1" * 200_000, {"Content-Type": "text/csv"}, 400, "field larger than"),
    ],
)
def test_a_mistake_is_told_with_its_remedy(
    server: Server, body: bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = server.send(body, headers)
    assert answer.status == status
    assert said in answer.body


def test_a_byte_order_mark_and_six_megabytes_are_read(server: Server) -> None:
    headers = {"Content-Type": "text/csv"}
    assert server.send(b"\xef\xbb\xbf" + RECORD, headers).status == 200
    count = 6 * 1024 * 1024 // (len(RECORD) + 1)
    answer = server.send((RECORD + b"\n") * count, headers)
    predictions = answer.body.split()
    assert len(predictions) == count
    assert all(math.isfinite(float(prediction)) for prediction in predictions[:10])
