"""An exchange dies at each of its side effects, one after the other; each time the next one mends it.

Whatever dies when: every event of the portal is in iX-Haus exactly once, and everything that staff wrote is in the
portal exactly once (R58).
"""

import pytest

from tests.faults.desk import Desk
from tests.faults.harness import CANARY, Worker
from tests.faults.run_steps import CRASHED

LEAST, LIMIT = 40, 100


class Talk:
    """What staff and tenant write in each round, and what both sides must hold of it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.rounds = 0
        self._say("0")

    def go_on(self) -> None:
        """A round of both sides: much that is new, and all that can happen to what the last round brought."""
        last = str(self.rounds)
        self.rounds += 1
        self._say(str(self.rounds))
        desk = self.desk
        for number in (f"M{last}", f"B{last}"):
            desk.set("SP_MELDUNG", "report_nr", number, status="Abgeschlossen")
        tenant, sandbox = desk.tenant.contact_id, desk.sandbox
        sandbox.tenant_comments(tenant, f"M{last}", f"{CANARY} zu M{last}")
        file = ("a.txt", "text/plain", f"zum Vorgang {last}".encode())
        ticket = sandbox.tenant_files(tenant, "ANFRAGE", f"{CANARY} {last}", "Kalt", file=file)
        file = ("b.txt", "text/plain", f"zur Notiz {last}".encode())
        sandbox.tenant_comments(tenant, ticket["id"], f"{CANARY} auch {last}", file=file)

    def _say(self, name: str) -> None:
        number = self.desk.report(f"M{name}")
        self.desk.note(number, f"N{name}", f"Notiz {name}")
        self.desk.note(number, f"I{name}", "intern", public=False)
        self.desk.file(number, f"F{name}", f"Datei {name}".encode())
        self.desk.report(f"B{name}", "AUSHANG", unit_nr=None, reporter_person=None)

    def assert_exact(self) -> None:
        """Everything is on both sides exactly once, and the ledger agrees."""
        desk, names, last = self.desk, range(self.rounds + 1), self.rounds
        tickets = [(one["id"], one["status"]) for one in desk.live("tickets") if one["id"].startswith("M")]
        assert sorted(tickets) == sorted((f"M{one}", "OPEN" if one == last else "CLOSED") for one in names)
        assert desk.comments() == sorted((f"M{one}", f"Notiz {one}") for one in names)
        ours = [(ticket, name) for ticket, name in desk.files() if ticket.startswith("M")]
        assert ours == sorted((f"M{one}", f"{CANARY} (F{one}).txt") for one in names)
        assert [one["id"] for one in desk.live("posts")] == [f"B{last}"]
        self._assert_imported()
        desk.assert_ledger_is_true()

    def _assert_imported(self) -> None:
        desk, names = self.desk, range(self.rounds)
        assert desk.imported("SP_MELDUNG", "subject") == sorted(f"{CANARY} {one}" for one in names)
        texts = [f"{CANARY} {about} {one}" for one in names for about in ("auch", "zu")]
        assert desk.imported("SP_NOTIZ", "text") == sorted(text.replace("zu ", "zu M") for text in texts)
        contents = [f"{about} {one}".encode() for one in names for about in ("zum Vorgang", "zur Notiz")]
        assert desk.imported("SP_ANHANG", "content") == sorted(contents)


@pytest.mark.rule("R58", "E49")
def test_an_exchange_may_die_at_any_point(desk: Desk, worker: Worker) -> None:
    """As calls and commits follow one another, a death before one is a death after the one before: only those count."""
    desk.world.configure(limits={"lease_seconds": 60, "parallel_requests": 1})  # nothing at once
    desk.sandbox.behave(post_existing="duplicate", comment_ids="duplicate", page_size=10_000)
    talk = Talk(desk)
    desk.settle()
    for point in range(1, LIMIT, 2):
        talk.go_on()
        order = desk.world.order(desk.world.next_run("reports"), "reports", crash_at=point, without_renewals=True)
        if (ended := worker.wait(worker.start(order))) != CRASHED:
            break  # there are no more points: it came to its end
        desk.world.expire_lease()
        desk.settle()
        talk.assert_exact()
    assert ended == 0
    assert LEAST < point < LIMIT - 2
    talk.assert_exact()
