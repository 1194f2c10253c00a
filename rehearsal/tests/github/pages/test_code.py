"""The pages of the local GitHub: what the rehearsal links to, safe against what it is given."""

import pytest
import requests

from rehearsal.tests.github.pages.reading import HOSTILE, Reader, read, text_of
from rehearsal.tests.github.served_github import FULL, ServedGitHub, git

WORKFLOW = r"""
name: "Say <b>it</b>"
on: push
jobs:
  work:
    name: "<i>Work</i>"
    runs-on: local
    steps:
      - name: Say something & more
        run: |
          echo '<script>alert("log")</script>'
          printf '\033[31mred\033[0m\001 line\n'
          echo '::error::it is <u>wrong</u>'
"""


@pytest.fixture(scope="module")
def run(github: ServedGitHub, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a run in a repository whose every name is hostile."""
    github.create("paged", description=HOSTILE)
    folder = tmp_path_factory.mktemp("clone")
    git("init", "--quiet", "--initial-branch=main", ".", cwd=folder)
    url = f"http://octo:{FULL}@127.0.0.1:{github.port}/octo/paged.git"
    git("pull", "--quiet", url, "main", cwd=folder)
    for name, content in (
        ("a folder/<b>&file?.txt", HOSTILE.encode()),
        ("binary", b"\0\1"),
        (".github/workflows/work.yml", WORKFLOW.encode()),
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / b"not-utf-8-\xff".decode("utf-8", "surrogateescape")).write_bytes(b"x")
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--message", HOSTILE, cwd=folder)
    git("push", "--quiet", url, "main", "main:feature/<b>", cwd=folder)
    found = github.run("paged", number=1)
    return str(found["html_url"]).removeprefix(github.url)


def test_everything_that_the_pages_link_to_opens(github: ServedGitHub, run: str) -> None:
    waiting, seen = ["/", "/octo/paged", run], set[str]()
    while waiting:
        address = waiting.pop()
        address = address.partition("#")[0]
        if address in seen or (address.startswith("/") and "paged" not in address and seen):
            continue
        seen.add(address)
        if not address:
            continue
        assert address.startswith("/"), "a page links to this server alone"
        status, page = read(github, address)
        not_text = address.endswith("not-utf-8-%FF")  # an address is text
        assert status == (404 if not_text else 200), address
        if not address.endswith(".css"):
            waiting += Reader(page).links
    assert len(seen) > 30


def test_a_repository_shows_its_files_branches_and_runs(github: ServedGitHub, run: str) -> None:
    _, page = read(github, "/octo/paged")
    text = text_of(page)
    assert all(word in text for word in ("a folder", "binary", "feature/<b>", HOSTILE, "push"))
    assert run in Reader(page).links


def test_a_file_is_shown_as_the_text_that_it_is(github: ServedGitHub, run: str) -> None:
    _, page = read(github, "/octo/paged/blob/main/a%20folder/%3Cb%3E%26file%3F.txt")
    assert HOSTILE in text_of(page)
    _, page = read(github, "/octo/paged/blob/feature/%3Cb%3E/a%20folder/%3Cb%3E%26file%3F.txt")
    assert HOSTILE in text_of(page)
    _, page = read(github, "/octo/paged/blob/main/binary")
    assert "not text" in page


def test_a_log_is_shown_without_its_colours_and_with_its_errors(
    github: ServedGitHub, run: str
) -> None:
    _, page = read(github, run)
    assert "Say something & more: success" in text_of(page)
    (job,) = {link for link in Reader(page).links if "/job/" in link}
    _, page = read(github, job)
    text = text_of(page)
    assert '<script>alert("log")</script>' in text
    assert "red line" in text
    assert "error: it is <u>wrong</u>" in text


@pytest.mark.parametrize(
    "address",
    [
        "/octo/none",
        "/octo/paged/tree/none",
        "/octo/paged/blob/main/none",
        "/octo/paged/blob/main/a%20folder",
        "/octo/paged/blob/main/%2E%2E%2F%2E%2E%2Fconfig",
        "/octo/paged/tree/--all",
        "/octo/paged/actions/runs/999999",
        "/octo/paged/actions/runs/1/job/999999",
        f"/octo/paged/blob/{'0' * 40}/binary",
        "/octo/<script>",
    ],
)
def test_what_is_not_there_is_not_found(github: ServedGitHub, run: str, address: str) -> None:
    status, page = read(github, address)
    assert status == 404
    Reader(page)


def test_a_run_is_shown_in_its_own_repository_alone(github: ServedGitHub, run: str) -> None:
    github.create("another")
    assert read(github, run.replace("/paged/", "/another/"))[0] == 404


def test_a_former_name_leads_to_the_present_one(github: ServedGitHub) -> None:
    github.create("formerly")
    github.rest("PATCH", "/repos/octo/formerly", {"name": "at-present"})
    answer = requests.get(f"{github.url}/octo/formerly/tree/main", timeout=30)
    assert answer.url == f"{github.url}/octo/at-present/tree/main"
    assert answer.status_code == 200


def test_a_page_changes_nothing_and_is_for_this_machine_alone(
    github: ServedGitHub, run: str
) -> None:
    assert requests.post(f"{github.url}{run}", timeout=30).status_code == 405
    for headers in ({"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert requests.get(f"{github.url}{run}", headers=headers, timeout=30).status_code == 403


def test_the_pages_can_be_read_without_seeing_them(github: ServedGitHub, run: str) -> None:
    for address in ("/", "/octo/paged", run):
        _, page = read(github, address)
        assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
        elements = Reader(page).elements
        assert elements.count("h1") == elements.count("main") == elements.count("title") == 1
        assert elements.count("caption") == elements.count("table")
