"""Tiers of proof and their costs; AWS CDK's validation is tried in tests/synth alone."""

import os

from hypothesis import settings

pytest_plugins = ("tests.tiers", "tests.cpu_seconds", "tests.browser.fixtures")
# It is half of each synthesis; what tests/synth starts has an environment of its own.
os.environ["CDK_VALIDATION"] = "false"
# Byte code is for users as it is for tests; without it every started program compiles anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# An example takes as long as a busy machine lets it.
settings.register_profile("unhurried", settings(deadline=None))
settings.load_profile("unhurried")
