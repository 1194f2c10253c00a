"""No request meets a fleet that has ended, however the fleets change meanwhile."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from typing import Any, cast

import pytest

from rehearsal.aws.sagemaker.endpoints.fleet import Fleet, VariantPlan
from rehearsal.aws.sagemaker.endpoints.models import ServingContainer
from rehearsal.aws.sagemaker.endpoints.traffic import Traffic
from rehearsal.aws.sagemaker.errors import ThrottledError

_CONTAINER = ServingContainer("image", "role")


class _Server:
    """Stands for a model server: knows whether it has ended, and how many requests it has."""

    def __init__(self) -> None:
        self.ended = False

    def end(self) -> None:
        self.ended = True


def _fleet(name: str, **plan: Any) -> Fleet:
    plans = [VariantPlan("v", 1.0, _CONTAINER, **plan)]
    return Fleet(name, plans, {"v": cast(Any, _Server())}, {"v": 0.1})


def test_requests_never_meet_an_ended_server() -> None:
    traffic = Traffic(_fleet("0"), random.Random(1))
    stopped, met = threading.Event(), Counter[bool]()

    def keep_asking() -> None:
        while not stopped.is_set():
            with traffic.admit(None) as admitted:
                time.sleep(0.0002)
                met[cast(Any, admitted.server).ended] += 1

    threads = [threading.Thread(target=keep_asking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(1, 60):
        new = _fleet(str(number))
        traffic.shift(new, {"v": 0.5})
        time.sleep(0.003)
        if number % 3:
            traffic.shift(new, {"v": 1.0})
            traffic.finish().end()
        else:
            traffic.withdraw()
            new.end()
    stopped.set()
    for thread in threads:
        thread.join()
    assert met[True] == 0
    assert met[False] > 100


def test_a_share_is_that_share_of_the_requests() -> None:
    traffic = Traffic(_fleet("blue"), random.Random(2))
    traffic.shift(_fleet("green"), {"v": 0.25})
    seen: Counter[str] = Counter()
    for _ in range(4000):
        with traffic.admit("v") as admitted:
            seen[admitted.fleet.config_name] += 1
    assert 0.22 < seen["green"] / seen.total() < 0.28


def test_a_fleet_ends_only_after_its_last_answer() -> None:
    fleet = _fleet("slow")
    server = cast(Any, fleet.enter("v"))
    ending = threading.Thread(target=fleet.end)
    ending.start()
    ending.join(0.2)
    assert not server.ended
    fleet.leave("v")
    ending.join(5)
    assert server.ended


def test_a_serverless_variant_takes_no_more_than_its_concurrency() -> None:
    serverless = {"MemorySizeInMB": 1024, "MaxConcurrency": 2}
    traffic = Traffic(_fleet("s", serverless=serverless, instance_count=0), random.Random(3))
    third = pytest.raises(ThrottledError)
    with traffic.admit(None), traffic.admit(None), third, traffic.admit(None):
        pass
    with traffic.admit(None):
        pass
