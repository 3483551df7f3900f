"""A stand-in for casavi's REST API with a memory, for demonstrations and tests; never the real portal."""

from demo.portal.app import Options, create_app

__all__ = ["Options", "create_app"]
