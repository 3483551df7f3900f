"""By what the ledger knows a content: a hash that is keyed with a secret of the installation, so that nobody who reads
the ledger can try out what was sent.

A content's plain hash is what it always was; the secret seals it. So a ledger from before is sealed without knowing
what was sent (sealing.py), and nothing is sent again.
"""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Final

import pandas as pd
import pyarrow as pa

from include.vocabulary.decision import CONTROL_COLUMNS, Decision

REMOVAL_HASH: Final = "removed"
"""Stands for the content of a record to be removed, so that a refused removal is remembered like any content."""
PLAIN_LETTERS: Final = 24
"""How much of a plain hash is sealed: as much as the mark of a refused content keeps of it (finality.py)."""
PLAIN: Final = re.compile(rf"[0-9a-f]{{{PLAIN_LETTERS},}}")
"""What a plain hash looks like; a sealed one begins with a letter that is none of its digits."""
SEAL: Final = "k"
_ROWS_AT_ONCE: Final = 20_000
_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
Hash = Callable[[str], str]


def with_content(decided: pd.DataFrame, version: int, secret: bytes | None) -> pa.Table:
    """Turn a decision frame into the table `plan` compares: the control columns, `content` and `hash`.

    content is the payload as JSON text for records to be sent, else null; hash is a keyed digest of it and of the
    payload model's version, REMOVAL_HASH for a record to be removed, else null. Fields are sorted by name, at every
    depth, so that the order in which rules name them is no change of what they say.

    secret: see sealing.secret_of; None: the ledger is not sealed yet
    """
    fields = sorted(name for name in decided.columns if name not in CONTROL_COLUMNS)  # once: sorted rows encode faster
    hashed = _hasher(version, secret)
    parts = [decided.iloc[start : start + _ROWS_AT_ONCE] for start in range(0, len(decided), _ROWS_AT_ONCE)]
    added = [_contents_and_hashes(part, fields, hashed) for part in parts]  # in parts: Python's strings are bulky
    table = pa.Table.from_pandas(decided[list(CONTROL_COLUMNS)], preserve_index=False)
    for index, name in enumerate(("content", "hash")):
        table = table.append_column(name, pa.chunked_array([pair[index] for pair in added], pa.string()))
    return table


def content_hash(content: Mapping[str, object], version: int, secret: bytes | None) -> str:
    """Return the hash by which the ledger knows one content, in whatever order its fields are."""
    return _hasher(version, secret)(_encode(content))


def sealed(plain: str, secret: bytes) -> str:
    """Return what stands for a plain hash where whoever reads it shall not be able to guess what was hashed."""
    return SEAL + blake2b(plain[:PLAIN_LETTERS].encode(), digest_size=15, key=secret).hexdigest()


def _hasher(version: int, secret: bytes | None) -> Hash:
    salt, key = version.to_bytes(4, "big"), blake2b(digest_size=15, key=secret or b"")

    def hashed(content: str) -> str:
        plain = blake2b(content.encode("utf-8", "surrogatepass"), digest_size=16, salt=salt).hexdigest()
        if secret is None:
            return plain
        seal = key.copy()  # half of what a new one costs
        seal.update(plain[:PLAIN_LETTERS].encode())
        return SEAL + seal.hexdigest()

    return hashed


def _contents_and_hashes(
    decided: pd.DataFrame, fields: list[str], hashed: Hash
) -> "tuple[pa.StringArray, pa.StringArray]":
    contents: list[str | None] = []
    hashes: list[str | None] = []
    rows = zip(*(_plain(decided[name]) for name in fields), strict=True)
    for decision, row in zip(decided["decision"].tolist(), rows, strict=True):
        if decision not in (Decision.SEND, Decision.RESTRICT):
            contents.append(None)
            hashes.append(REMOVAL_HASH if decision == Decision.REMOVE else None)
        else:
            content = _encode(dict(zip(fields, row, strict=True)))
            contents.append(content)
            hashes.append(hashed(content))
    return pa.array(contents, pa.string()), pa.array(hashes, pa.string())


def _plain(column: pd.Series) -> list[object]:
    values = column.astype(object)
    return values.where(values.notna(), None).tolist()
