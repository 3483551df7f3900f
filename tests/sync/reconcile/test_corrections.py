"""What a reconciliation writes into the ledger."""

from datetime import UTC, datetime

import pandas as pd
import pytest

from include.sync.reconcile.corrections import corrections
from include.sync.reconcile.findings import DESIRED, KNOWN, PORTAL, judge


def judged(*, copy: str, decision: str) -> pd.DataFrame:
    """The letter L1 as the ledger knows it (its hash with it), while the portal lists one of its copies."""
    desired = {"external_id": "L1", "decision": decision, "reason": "ACTIVE", "hash": "h1", "digest": "d1"}
    known = {"external_id": "L1", "state": "present", "hash": "h1"}
    listed = {"external_id": "L1", "portal_id": copy, "digest": "d1", "has_access": True, "is_gone": False}
    sides = [(desired, DESIRED), (known, KNOWN), (listed, (*PORTAL, "external_id", "identity"))]
    one, other, third = (pd.DataFrame([row]).reindex(columns=list(names)).astype(object) for row, names in sides)
    more = {"belongs_to": "100", "stands_below": None, "sender": "documents", "is_newer": False}
    return judge(one, other, third, our_forms=[]).assign(**more, identity_portal=None)


@pytest.mark.rule("R33")
@pytest.mark.parametrize("decision", ["send", "remove"])
def test_what_was_sent_is_not_known_of_another_copy_whatever_is_decided_today(decision: str) -> None:
    rows = corrections(judged(copy="L1~v2", decision=decision), "production", "document", datetime.now(UTC))
    (row,) = rows.to_dict("records")
    assert (row["portal_id"], row["state"]) == ("L1~v2", "present")
    assert pd.isna(row["hash"])  # so that it is sent again as soon as it is to be there


@pytest.mark.parametrize("decision", ["send", "remove"])
def test_what_is_as_the_ledger_says_is_not_touched(decision: str) -> None:
    assert corrections(judged(copy="L1", decision=decision), "production", "document", datetime.now(UTC)).empty
