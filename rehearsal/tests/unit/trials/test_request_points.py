"""A request is found again in another project, and in no third one."""

import re

from rehearsal.laboratory.trials.request_points import find_points

COMMIT = "dbff11c83079f17285bebfb4162fbd61a4d47c98"


def _request(method: str, path: str) -> dict[str, str]:
    return {"method": method, "path": path}


def test_names_commits_and_numbers_are_those_of_the_other_project() -> None:
    path = f"/api/v3/repos/lane-01/clean-build/git/commits/{COMMIT}"
    (point,) = find_points("update", [_request("GET", path)], login="lane-01", name="clean")
    pattern = point.pattern(login="lane-02", name="t.1")
    other = path.replace(COMMIT, "0" * 40).replace("lane-01/clean", "lane-02/t.1")
    assert re.search(pattern, other)
    assert not re.search(pattern, other.replace("t.1", "tx1"))
    assert not re.search(pattern, f"{other}/more")


def test_equal_requests_are_told_apart_by_their_number() -> None:
    requests = [
        _request("GET", "/api/v3/repositories/17"),
        _request("POST", "/api/v3/user/repos"),
        _request("GET", "/api/v3/repositories/18"),
    ]
    points = find_points("launch", requests, login="lane-01", name="clean")
    assert [(point.method, point.nth) for point in points] == [("GET", 1), ("POST", 1), ("GET", 2)]
    assert points[0].path == points[2].path


def test_it_is_shown_as_people_write_it() -> None:
    path = "/lane-01/clean-build.git/git-receive-pack"
    (point,) = find_points("launch", [_request("POST", path)], login="lane-01", name="clean")
    assert point.shown == "POST /<login>/<name>-build.git/git-receive-pack #1"
