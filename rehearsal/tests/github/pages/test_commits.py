"""The pages of commits and comparisons: what they show, and how far they look."""

from __future__ import annotations

import pytest

from rehearsal.github.repositories.repositories import find_repository
from rehearsal.tests.github.pages.reading import HOSTILE, Reader, opened, text_of
from rehearsal.tests.github.pages.shop import MARKUP, REPO, TURNED, Shop


def test_a_commit_is_shown_with_what_it_changed(shop: Shop) -> None:
    shop.commit({"old.txt": "a\nb\nc\nd\n", "gone.txt": "x\n", "a.bin": "\0"})
    files = {"new.txt": "a\nb\nc\nE\n", "old.txt": None, "gone.txt": None, "a.bin": "\0\1"}
    sha = shop.commit(files, "Title\n\nWhy it was done.")
    text = text_of(shop.open(f"/commit/{sha}"))
    assert "Title" in text
    assert "Why it was done." in text
    assert "-d\n+E" in text
    assert "renamed from old.txt" in text
    assert "gone.txt removed" in text
    assert "It is not text." in text
    assert "3 files changed, 1 line added, 2 removed" in text
    assert shop.open(f"/commit/{sha[:10]}") == shop.open(f"/commit/{sha}")


def test_the_first_commit_has_everything_that_it_brought(shop: Shop) -> None:
    text = text_of(shop.open(f"/commit/{shop.head}"))
    assert "+# shop" in text
    assert "it is the first one" in text


def test_a_file_that_becomes_a_link_takes_nothing_from_its_neighbours(shop: Shop) -> None:
    folder = shop.github.git_folder("octo/shop")
    old = shop.commit({"a": "was\n", "b": "1\n"})
    script = f"commit refs/scratch/x\ncommitter O <o@e> now\ndata 1\nx\nfrom {old}\n"
    script += "M 120000 inline a\ndata 3\nb/c\nM 100644 inline b\ndata 2\n2\n\n"
    git = shop.github.github.git(find_repository(shop.github.github, "octo", "shop"))
    git.run("fast-import", "--quiet", "--date-format=now", stdin=script.encode())
    sha = (folder / "refs/scratch/x").read_text().strip()
    _, _, after = text_of(shop.open(f"/commit/{sha}")).partition("b modified")
    assert "-1\n+2" in after
    assert "was" not in after


def test_what_others_wrote_is_shown_as_the_text_that_it_is(shop: Shop) -> None:
    name = f"{HOSTILE.replace('/', '')}{TURNED}"
    content = f"{HOSTILE}\ndiff --git a/x b/x\n@@ -1 +1 @@\n\x1b[31mred\r\n"
    sha = shop.commit({name: content, "next": "line\n"}, f"{HOSTILE}\x1b[31m\n\n{HOSTILE}{TURNED}")
    api = f"/repos{REPO}/commits/{sha}/comments"
    made = shop.github.rest("POST", api, {"body": MARKUP})
    for url, context in (("javascript:alert(1)", HOSTILE), ("https://ok.example/?a", "ok")):
        status = {"state": "failure", "context": context, "description": HOSTILE, "target_url": url}
        shop.github.rest("POST", f"/repos{REPO}/statuses/{sha}", status)
    page = shop.open(f"/commit/{sha}")
    text = text_of(page)
    assert text.count(HOSTILE) >= 6
    assert "+diff --git a/x b/x\n+@@ -1 +1 @@\n+�[31mred\n" in text
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "a mark" not in page
    links = Reader(page).links
    assert "https://ok.example/?a" in links
    assert not [link for link in links if link.startswith("javascript")]
    assert f"commitcomment-{made['id']}" in Reader(page).ids
    shop.open("/commits")
    shop.open("/compare/main...main")


def test_the_newest_report_of_each_context_counts(shop: Shop) -> None:
    for state in ("pending", "success"):
        body = {"state": state, "context": "build", "description": f"It is {state}."}
        shop.github.rest("POST", f"/repos{REPO}/statuses/{shop.head}", body)
    text = text_of(shop.open(f"/commit/{shop.head}"))
    assert "It is success." in text
    assert "It is pending." not in text


def test_a_long_history_is_shown_in_parts(shop: Shop) -> None:
    shop.chain(120)
    seen, address = 0, "/octo/shop/commits/main"
    while address:
        page = opened(shop.github, address)
        seen += page.count('<th scope="row">')
        older = [link for link in Reader(page).links if "page=" in link]
        assert len(older) == (1 if seen in {50, 121} else 2)
        address = older[-1] if seen < 121 else ""
    assert seen == 121
    for wrong in ("0", "-1", "x", "²", "9" * 9):
        shop.open(f"/commits/main?page={wrong}")


def test_no_page_looks_further_back_than_it_shows(shop: Shop) -> None:
    made = shop.chain(80)
    shop.lose(made[10])
    for address in ("", "/commits", "/tree/main", "/blob/main/README.md", f"/commit/{made[-1]}"):
        shop.open(address)


def test_the_commits_of_a_file_are_looked_for_among_the_newest(shop: Shop) -> None:
    changed = shop.commit({"a.txt": "x"}, "Change a")
    text = text_of(shop.open("/commits/main/a.txt"))
    assert "Change a" in text
    assert "Initial commit" not in text
    assert changed[:7] in text
    made = shop.chain(1100)
    shop.lose(made[20])
    text = text_of(shop.open("/commits/main/a.txt"))
    assert "newest 1,000 commits" in text
    assert "Change a" not in text


def test_too_large_a_change_is_counted_and_not_shown(shop: Shop) -> None:
    long = "".join(f"{number}\n" for number in range(5000))
    sha = shop.commit({"long.txt": long, "short.txt": "y" * 5000})
    text = text_of(shop.open(f"/commit/{sha}"))
    assert "+5000" in text
    assert "Too many lines" in text
    assert "4999" not in text
    assert f"+{'y' * 900}" in text
    assert "y" * 1500 not in text


def test_a_comparison_shows_what_one_side_has_more(shop: Shop) -> None:
    shop.commit({"offered.txt": "x\n"}, "Offer", branch="some/feature")
    shop.commit({"other.txt": "y\n"}, "Elsewhere")
    for names in ("main...some/feature", "octo:main...octo:some/feature"):
        text = text_of(shop.open(f"/compare/{names}"))
        assert "Offer" in text
        assert "offered.txt" in text
        assert "other.txt" not in text


@pytest.mark.parametrize(
    "address",
    [
        "/commit/main",
        f"/commit/{'0' * 40}",
        "/commit/abcdef0",
        "/commit/HEAD",
        "/commits/none",
        "/commits/main~1",
        "/commits/:/Initial",
        "/commits/--all",
        "/compare/main",
        "/compare/main...none",
        "/compare/main...other:main",
        "/compare/main...main~0",
        "/pull/9",
    ],
)
def test_what_is_not_there_is_not_found(shop: Shop, address: str) -> None:
    shop.open(address, 404)


def test_an_empty_repository_and_a_stranger_have_pages(shop: Shop) -> None:
    shop.github.rest("POST", "/user/repos", {"name": "empty"})
    for address in ("", "/branches", "/tags", "/pulls", "/actions", "/deployments"):
        opened(shop.github, f"/octo/empty{address}")
    opened(shop.github, "/octo/empty/commits", 404)
    assert "empty" in opened(shop.github, "/octo")
    assert "There is none yet" in opened(shop.github, "/stranger")
    opened(shop.github, "/nobody", 404)
