"""The first settings of a system, asked one by one and written with their comments; `make setup`."""

from include.setup.session import set_up

__all__ = ["set_up"]
