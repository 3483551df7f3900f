"""Somebody who calls the sandbox portal."""

import pytest

from tests.sandbox import PortalUser, SandboxProcess


@pytest.fixture
def user(sandbox: SandboxProcess) -> PortalUser:
    """Somebody logged in to it."""
    return PortalUser(sandbox)
