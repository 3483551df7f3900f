"""By what the ledger knows a content: a hash that is keyed with a secret of the installation, so that nobody who reads
the ledger can try out what was sent.

A content's plain hash is what it always was; the secret seals it. So a ledger from before is sealed without knowing
what was sent (sealing.py), and nothing is sent again.
"""

import json
import re
from collections.abc import Callable, Mapping
from hashlib import blake2b
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

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
Hash = Callable[[bytes], str]
Texts = Any
"""An Arrow array of texts; the published types of pyarrow know too few of its overloads."""
_ESCAPED: Final = '["\\\\\\x00-\\x1f]'
"""What JSON does not hold as it is."""
_IS_ESCAPED: Final = np.array([bool(re.match(_ESCAPED, chr(byte))) for byte in range(256)])
"""Byte of UTF-8 → whether it is such a sign."""


def with_content(decided: pd.DataFrame, version: int, secret: bytes | None) -> pa.Table:
    """Turn a decision frame into the table `plan` compares: the control columns, `content` and `hash`.

    content is the payload as JSON text for records to be sent, else null; hash is a keyed digest of it and of the
    payload model's version, REMOVAL_HASH for a record to be removed, else null. Fields are sorted by name, at every
    depth, so that the order in which rules name them is no change of what they say.

    secret: see sealing.secret_of; None: the ledger is not sealed yet
    """
    hashed = _hasher(version, secret)
    starts = range(0, max(len(decided), 1), _ROWS_AT_ONCE)  # in parts: between the steps texts are bulky
    parts = [_content_and_hash(decided.iloc[start : start + _ROWS_AT_ONCE], hashed) for start in starts]
    table = pa.Table.from_pandas(decided[list(CONTROL_COLUMNS)], preserve_index=False)
    for name, pieces in zip(("content", "hash"), zip(*parts, strict=True), strict=True):
        table = table.append_column(name, pa.chunked_array(pieces))
    return table


def _content_and_hash(decided: pd.DataFrame, hashed: Hash) -> tuple[Texts, Texts]:
    fields = sorted(name for name in decided.columns if name not in CONTROL_COLUMNS)
    is_sent = decided["decision"].isin([Decision.SEND, Decision.RESTRICT]).to_numpy()
    sent = _contents(decided.loc[is_sent, fields])
    hashes = np.full(len(decided), None, dtype=object)
    hashes[decided["decision"].eq(Decision.REMOVE).to_numpy(bool)] = REMOVAL_HASH
    hashes[is_sent] = [hashed(content) for content in sent.cast(pa.large_binary()).to_pylist()]
    contents = pc.replace_with_mask(pa.nulls(len(decided), sent.type), pa.array(is_sent), sent)
    return contents, pa.array(hashes, pa.string())


def content_hash(content: Mapping[str, object], version: int, secret: bytes | None) -> str:
    """Return the hash by which the ledger knows one content, in whatever order its fields are."""
    return _hasher(version, secret)(_encode(content).encode("utf-8", "surrogatepass"))


def sealed(plain: str, secret: bytes) -> str:
    """Return what stands for a plain hash where whoever reads it shall not be able to guess what was hashed."""
    return SEAL + blake2b(plain[:PLAIN_LETTERS].encode(), digest_size=15, key=secret).hexdigest()


def _hasher(version: int, secret: bytes | None) -> Hash:
    # copies of what is keyed already: half of what new ones cost
    salted = blake2b(digest_size=16, salt=version.to_bytes(4, "big"))
    key = blake2b(digest_size=15, key=secret or b"")

    def hashed(content: bytes) -> str:
        digest = salted.copy()
        digest.update(content)
        plain = digest.hexdigest()
        if secret is None:
            return plain
        seal = key.copy()
        seal.update(plain[:PLAIN_LETTERS].encode())
        return SEAL + seal.hexdigest()

    return hashed


def _contents(fields: pd.DataFrame) -> Texts:
    """Return each row as JSON text, as `_encode` writes it: a column at a time."""
    if fields.empty:
        return pa.array(["{}"] * len(fields), pa.large_string())
    before = [f"{',' if place else '{'}{_encode(name)}:" for place, name in enumerate(fields)]
    values = [_json(fields[name]) for name in fields]
    return _joined(*chain.from_iterable(zip(before, values, strict=True)), "}")


def _joined(*parts: str | Texts) -> Texts:
    """Return texts side by side; one that is the same in each row is given as it is."""
    return pc.binary_join_element_wise(*(_text(one) if isinstance(one, str) else one for one in parts), _text(""))


def _text(value: str) -> Any:
    return pa.scalar(value, pa.large_string())


def _json(column: pd.Series) -> Texts:
    """Return values as JSON text."""
    values = _in_arrow(column)
    if values is not None and pa.types.is_boolean(values.type):
        texts = values.cast(pa.large_string())
    elif values is not None and (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        texts = _quoted(values.cast(pa.large_string()))
    else:
        plain = column.astype(object)
        return pa.array(map(_encode, plain.where(plain.notna(), None).tolist()), pa.large_string())
    return pc.fill_null(texts, _text("null"))


def _in_arrow(column: pd.Series) -> Texts | None:
    """Return a column as Arrow has it, None where it holds values of several kinds."""
    try:
        values = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return None
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _quoted(texts: Texts) -> Texts:
    quoted = _joined('"', texts, '"')
    if not _IS_ESCAPED[_bytes(texts)].any():  # most columns have none, and to look at each text takes ten times as long
        return quoted
    is_odd: Texts = pc.fill_null(pc.match_substring_regex(texts, _ESCAPED), pa.scalar(False))
    return pc.replace_with_mask(quoted, is_odd, pa.array(map(_encode, texts.filter(is_odd).to_pylist()), texts.type))


def _bytes(texts: Texts) -> "npt.NDArray[np.uint8]":
    """Return all texts of an array as they lie in memory, one behind the other."""
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset :][: len(texts) + 1]
    return np.frombuffer(data or b"", np.uint8)[ends[0] : ends[-1]]
