"""Runs MiniStack with our services behind one ASGI application on the loopback interface.

Stages: check MiniStack's version, correct its behaviour, add services and types, serve until a
signal, save. Import this module only after `environment.enter`.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hypercorn.asyncio import serve as serve_asgi
from hypercorn.config import Config
from ministack import app as gateway
from ministack.core.responses import request_scope

from rehearsal.aws import services
from rehearsal.aws.emulator import extensions
from rehearsal.aws.emulator.corrections.chain import chain
from rehearsal.aws.emulator.corrections.cloudwatch import alarms
from rehearsal.aws.emulator.saved_state import FILE_NAME, SavedState
from rehearsal.aws.emulator.settings import LOOPBACK, ServerSettings
from rehearsal.loopback_guard import LoopbackGuard, answer

HEALTH_PATH = "/_rehearsal/health"
# MiniStack's own addresses wipe and configure it for whoever asks. One stands for the presigned
# address to which a custom resource answers, and holds a token as that does.
_EMULATORS_OWN = ("/_ministack/", "/_localstack/")
_CUSTOM_RESOURCE_ANSWERS = "/_ministack/cfn-response/"
# A kill loses no more than 3 s: this, and what a round takes.
SAVE_INTERVAL_SECONDS = 2.5
_ALARM_INTERVAL_SECONDS = 3.0

Scope = dict[str, Any]
Receive = Callable[[], Any]
Send = Callable[[dict[str, Any]], Any]


def run(settings: ServerSettings) -> None:
    """Serve until SIGTERM or SIGINT, then save everything and end what was started."""
    extensions.check_version()
    registry = extensions.Extensions()
    saved = SavedState(
        settings.state_dir / "services" / FILE_NAME, gateway._build_persistence_save_dict
    )
    for correct in chain(registry, settings, saved):
        correct()
    stops = services.register(registry, settings)
    try:
        asyncio.run(_serve(settings, saved))
    finally:
        for stop in stops:
            stop()
        saved.close()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the health path; hand what AWS has to MiniStack as arriving over TLS.

    Loopback HTTP is the transport here. Policies that deny `aws:SecureTransport = false`, such as
    that of the CDK staging bucket, are to judge the request as they would on AWS.
    """
    if scope["type"] == "http":
        path = scope["path"]
        if path == HEALTH_PATH:
            await answer(send, 200, b"application/json", b'{"status": "ready"}')
            return
        if path.startswith(_EMULATORS_OWN) and not path.startswith(_CUSTOM_RESOURCE_ANSWERS):
            await answer(send, 404, b"text/plain", b"AWS has no such address.\n")
            return
        secured = [*scope["headers"], (b"x-forwarded-proto", b"https")]
        scope = {**scope, "headers": secured}
    await gateway.app(scope, receive, send)


async def _serve(settings: ServerSettings, saved: SavedState) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    caring = [
        asyncio.create_task(_look_after_state(saved)),
        asyncio.create_task(_look_after_alarms(settings)),
    ]
    try:
        await serve_asgi(
            LoopbackGuard(application),
            _hypercorn_config(settings),
            shutdown_trigger=stopped.wait,
        )
    finally:
        for task in caring:
            task.cancel()


def _hypercorn_config(settings: ServerSettings) -> Config:
    config = Config()
    config.bind = [f"{LOOPBACK}:{settings.port}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    return config


async def _look_after_state(saved: SavedState) -> None:
    """Save on a thread of its own, as requests may hold all others."""
    with ThreadPoolExecutor(1, "saving") as thread:
        while True:
            await asyncio.sleep(SAVE_INTERVAL_SECONDS)
            await asyncio.get_running_loop().run_in_executor(thread, saved.save)


async def _look_after_alarms(settings: ServerSettings) -> None:
    while True:
        await asyncio.sleep(_ALARM_INTERVAL_SECONDS)
        for account in settings.accounts:
            with request_scope(account, settings.region):
                alarms.look()
