"""Stacks that were changing when the server was killed."""

from __future__ import annotations

import json
import signal
from pathlib import Path

from rehearsal.tests.emulator.functions import custom_resource, function, role
from rehearsal.tests.emulator.local_aws import LocalAws, wait_for


def test_a_stack_that_a_kill_cut_off_has_failed_and_can_be_deleted(tmp_path: Path) -> None:
    server = LocalAws(tmp_path / "state").start()
    sleeper = function("import time\ndef handle(*_): time.sleep(9)")
    template = {"Resources": {"Role": role(), "Function": sleeper, "Thing": custom_resource(60)}}
    server.client("cloudformation").create_stack(
        StackName="cut", TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
    )
    wait_for(lambda: "cut" in server.saved("cloudformation"), what="the periodic save")
    server.stop(signal.SIGKILL)

    again = LocalAws(tmp_path / "state", server.port).start()
    assert again.settled("cut")["StackStatus"] == "CREATE_FAILED"
    assert "stopped during" in again.settled("cut")["StackStatusReason"]
    assert again.delete_stack("cut") == "DELETE_COMPLETE"
    assert again.stop() == 0
