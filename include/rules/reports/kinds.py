"""Report kinds as the portal's ticket types: made and released in iX-Haus only (R4, R39, E44)."""

from pandas import DataFrame

from include.rules.first_hit import first_hit
from include.rules.outcomes import outcome
from include.rules.texts import one_line, outbound
from include.rules.values import utc
from include.vocabulary import ids, limits
from include.vocabulary.decision import Decision


def decide_kinds(kinds: DataFrame) -> DataFrame:
    """Decide on every report kind.

    Those of property reports are sent too, as their tickets need them; that a tenant opens none of them is seen to when
    tickets come in: the portal knows no such mark.

    kinds:   frames.KINDS
    returns: frames.DECIDED, with the fields of a ticket type
    """
    decided = first_hit(
        kinds,
        (~kinds["is_released"], Decision.REMOVE, "KIND_NOT_RELEASED"),
        (kinds["is_locked"], Decision.REMOVE, "KIND_LOCKED"),
        (kinds["is_bulletin"], Decision.REMOVE, "KIND_IS_BULLETIN"),
        otherwise=(Decision.SEND, "KIND_RELEASED"),
    )
    records = decided.assign(
        external_id=kinds["report_kind"],
        warnings="",
        properties="",
        parents="",
        identity="",
        changed_at=utc(kinds["changed_at"]),
        source=ids.source("SP_MELDUNGSART", kinds["report_kind"]),
    )
    content = DataFrame(
        {
            "name": one_line(kinds["name"].fillna(kinds["report_kind"])),
            "category": one_line(kinds["category"]),
            "description": outbound(kinds["description"], limits.NOTE),
        }
    )
    return outcome(records, content)
