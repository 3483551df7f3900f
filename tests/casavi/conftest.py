"""Somebody who calls the sandbox portal, as in its own tests."""

from tests.demo.portal.conftest import user

__all__ = ["user"]
