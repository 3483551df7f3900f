"""The sandbox portal of a place's service `demo`."""

from collections.abc import Iterator
from contextlib import contextmanager

from rig.place import Place
from tests.sandbox import SandboxProcess


@contextmanager
def portal_of(place: Place) -> Iterator[SandboxProcess]:
    """Yield the portal, to speak to."""
    portal = SandboxProcess()
    portal.url = f"http://127.0.0.1:{place.ports['demo']}"
    try:
        yield portal
    finally:
        portal.__exit__(None, None, None)
