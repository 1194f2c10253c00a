"""The same pages with the credentials of different people: each sees what that person may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import boto3
import pytest

from console.asking.account import Account
from console.pages.addresses import ADDRESSES
from console.serving.page import Visit
from operations.aws_session import identity
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.reviewers import MODEL_REVIEWER, reviewer
from rehearsal.conductor.aws_accounts import REGION, AwsUser
from rehearsal.conductor.console import operator

pytestmark = pytest.mark.timeout(900)
