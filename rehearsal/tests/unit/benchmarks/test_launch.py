"""The requests of a launch are counted from the local GitHub's log."""

from datetime import datetime

from rehearsal.laboratory.benchmarks.launch import measure_launch, read_requests

LOG = """\
2026-01-02 03:04:05,100 INFO rehearsal.github POST /api/v3/user/repos 201 http://h/api/v3/repos/o/x
2026-01-02 03:04:06,000 INFO rehearsal.github GET /api/v3/repos/o/p-build 404
2026-01-02 03:04:06,100 INFO rehearsal.github POST /api/v3/user/repos 201 http://h/api/v3/repos/o/p-build
2026-01-02 03:04:06,200 INFO rehearsal.github.actions.runner Run 1 of o/p-build started
2026-01-02 03:04:06,300 INFO rehearsal.github GET /o/p-build.git/info/refs 200
2026-01-02 03:04:06,400 INFO rehearsal.github POST /o/p-build.git/git-receive-pack 200
2026-01-02 03:04:06,500 INFO rehearsal.github PATCH /api/v3/repos/o/p-build 200
2026-01-02 03:04:06,600 INFO rehearsal.github PUT /api/v3/repos/o/p-deploy/environments/dev 200
2026-01-02 03:04:06,650 INFO rehearsal.github POST /o/p-deploy/git-receive-pack 200
2026-01-02 03:04:06,700 INFO rehearsal.github DELETE /api/v3/repos/o/other 204
Traceback (most recent call last):
2026-01-02 03:04:09,000 INFO rehearsal.github POST /o/p-build.git/git-receive-pack 200
"""
BEGAN = datetime(2026, 1, 2, 3, 4, 6).timestamp()
FACTS = {"began": BEGAN, "ended": BEGAN + 2, "commits": {"o/p-build": 2, "o/p-deploy": 3}}


def test_lines_that_are_no_requests_are_passed_over() -> None:
    assert len(list(read_requests(LOG))) == 10


def test_a_creation_counts_for_the_repository_that_it_made() -> None:
    launch = measure_launch(FACTS, LOG)
    assert launch["repositories"]["o/p-build"] == {
        "requests": 5,
        "mutating": 2,
        "pushes": 1,
        "history": 2,
    }


def test_a_push_is_counted_by_itself_with_and_without_the_ending_git() -> None:
    launch = measure_launch(FACTS, LOG)
    assert launch["repositories"]["o/p-deploy"] == {
        "requests": 2,
        "mutating": 1,
        "pushes": 1,
        "history": 3,
    }


def test_only_the_projects_repositories_are_counted_and_the_window_is_the_launch() -> None:
    launch = measure_launch(FACTS, LOG)
    assert launch["seconds"] == 2
    assert list(launch["repositories"]) == ["o/p-build", "o/p-deploy"]
