"""The portal of the peers as a process, and how it is asked."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.request import Request, urlopen

from bench.peers.portal import Told
from bench.serving import serving


@dataclass(frozen=True)
class Contact:
    """Where bench/peers/portal.py answers."""

    url: str

    def ask(self, latency: float = 0, refused: Sequence[str] = (), *, forget: bool = False) -> None:
        """Let it count anew, and answer so late, refuse these, and forget what it holds."""
        body = json.dumps({"latency": latency, "refused": refused, "forget": forget}).encode()
        urlopen(Request(f"{self.url}/asked", data=body, method="POST")).close()

    def told(self) -> Told:
        with urlopen(f"{self.url}/told") as answer:
            found: Told = json.load(answer)
        return found

    def count(self) -> int:
        with urlopen(f"{self.url}/count") as answer:
            return int(json.load(answer)["count"])


@contextmanager
def portal() -> Iterator[Contact]:
    """Run the portal while the block runs."""
    with serving("bench.peers.portal") as port:
        yield Contact(f"http://127.0.0.1:{port}")
