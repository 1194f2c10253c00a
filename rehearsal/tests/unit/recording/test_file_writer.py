"""The file holds its data whole, ends nothing by it, and lets a browser run our script alone."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rehearsal.conductor.recording.file_writer import embeddable, write_file
from rehearsal.tests.unit.recording.made_up import PROJECT, STAGE, panel, recording
from rehearsal.tests.unit.recording.test_deltas import replay

_PARTS = st.sampled_from(["</script>", "<!--", "<script", "<", "/", "!", "--", "\\", "\u2028", '"'])


@given(st.lists(_PARTS, max_size=12).map("".join))
def test_no_text_ends_the_script_element_or_begins_a_comment(text: str) -> None:
    written = embeddable({text: [text]})
    assert "</" not in written
    assert "<!" not in written
    assert json.loads(written) == {text: [text]}


def _data(text: str) -> dict[str, Any]:
    (found,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', text, re.S)
    loaded: dict[str, Any] = json.loads(found)
    return loaded


def test_replayed_frames_are_those_that_were_recorded() -> None:
    made = recording()
    for page in _data(write_file(made).decode())["pages"]:
        recorded = made.pages[str(page["address"])]
        shown: dict[str, str] = {}
        for (at, changed), frame in zip(page["frames"], recorded.frames, strict=True):
            for name, changes in changed.items():
                shown[name] = replay(shown.get(name, ""), changes)
            assert at == frame.at
            assert frame.panels.items() <= shown.items()
        assert shown == recorded.shown


def test_pages_acts_and_the_banner_are_told() -> None:
    text = write_file(recording()).decode()
    data = _data(text)
    assert [page["address"] for page in data["pages"]] == ["/", PROJECT, STAGE]
    assert [act["title"] for act in data["acts"]] == ["Start", "Deploy </script><!-- it"]
    assert "Recorded 2026-12-01 12:00 UTC with version 0.1.0" in text
    assert "nothing here is live" in text


def test_a_panel_that_the_page_has_no_more_is_no_trouble() -> None:
    made = recording()
    made.pages["/"].note(19.0, "Projects", {"other": panel("other", "<p>other</p>")})
    (first, *_) = _data(write_file(made).decode())["pages"]
    assert first["panels"] == ["other"]
    assert [list(changed) for _, changed in first["frames"]] == [["fleet"], ["other"]]


def test_the_policy_names_our_script_and_style_alone() -> None:
    text = write_file(recording()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', text)
    assert policy.startswith("default-src &#x27;none&#x27;; ")
    for kind in ("style", "script"):
        (embedded,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.S)
        digest = base64.b64encode(hashlib.sha256(embedded.encode()).digest()).decode()
        assert f"{kind}-src &#x27;sha256-{digest}&#x27;;" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_from_elsewhere() -> None:
    text = write_file(recording()).decode()
    addresses = re.findall(r'\b(?:src|href|action)="([^"#]*)', text)
    assert set(addresses) == {"data:,", ""}
    assert "url(" not in text
