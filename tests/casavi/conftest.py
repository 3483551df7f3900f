"""One sandbox process for the tests of a module, emptied before each."""

from collections.abc import Iterator

import pytest

from tests.sandbox import PortalUser, SandboxProcess


@pytest.fixture(scope="module")
def process() -> Iterator[SandboxProcess]:
    with SandboxProcess() as started:
        yield started


@pytest.fixture
def sandbox(process: SandboxProcess) -> SandboxProcess:
    """An empty portal."""
    process.reset()
    return process


@pytest.fixture
def user(sandbox: SandboxProcess) -> PortalUser:
    """Somebody logged in to it."""
    return PortalUser(sandbox)
