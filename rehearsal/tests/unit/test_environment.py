"""What of the caller's environment reaches other programs."""

from rehearsal.conductor.environment import installer_settings


def test_credentials_and_profiles_stay_out() -> None:
    kept = installer_settings(
        {"HOME": "/nowhere", "AWS_PROFILE": "prod", "GITHUB_TOKEN": "x", "UV_INDEX": "mine"}
    )
    assert kept["UV_INDEX"] == "mine"
    assert not {"AWS_PROFILE", "GITHUB_TOKEN", "HOME"} & kept.keys()


def test_package_caches_are_shared_unless_set() -> None:
    assert installer_settings({"HOME": "/h"})["UV_CACHE_DIR"] == "/h/.cache/uv"
    assert installer_settings({"HOME": "/h", "UV_CACHE_DIR": "/c"})["UV_CACHE_DIR"] == "/c"
