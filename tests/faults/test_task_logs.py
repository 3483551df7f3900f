"""Each step says in one line of its log what it did; that no line names anybody every fault test asks (`world`)."""

import re
from dataclasses import replace

import pytest

from tests.faults.harness import World, tenants


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the steps said, without the seconds."""
    mine = [one.getMessage() for one in caplog.records if one.name in ("include.sync.said", "include.sync.steps")]
    return [re.sub(r"\d+\.\d s", "… s", line) for line in mine]


def test_each_step_says_what_it_did_in_one_line(world: World, caplog: pytest.LogCaptureFixture) -> None:
    good, bad, gone = tenants(3)
    world.move_in(good, replace(bad, person={"last_name": None, "company": None}), replace(gone, end=-400))
    caplog.clear()
    ran = world.run()
    said = lines(caplog)
    assert len(said) == len(set(said)), said
    [read, decided, planned, *loads, ended] = said
    assert re.fullmatch(r"read: .*\bpersons 3, .* in … s", read)
    contacts, contracts = decided.removeprefix("decided: ").split("; ")
    assert contacts == "contact: ACTIVE 1, NO_NAME 1, MOVED_OUT 1"
    assert contracts == "contract: ACTIVE 1, CONTACT_NOT_SENT 1, MOVED_OUT 1 in … s"
    assert planned == ("planned: contact: create 1, invalid 1, withheld 1; contract: withheld 2, create 1 in … s")
    assert loads == [
        "send_contact: acknowledged 1; 2 requests in … s", "send_contract: acknowledged 1; 2 requests in … s",
    ]  # fmt: skip
    assert len(ran.requests) + ran.logins == 4
    assert re.fullmatch(r"run ended ok after … s: read \d+, sent 2, created 2, .*, outstanding 0", ended)
