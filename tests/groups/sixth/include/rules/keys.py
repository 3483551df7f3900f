"""Which keys the portal knows: those of released properties (R13)."""

from collections.abc import Mapping
from datetime import date

from pandas import DataFrame

from include.rules.first_hit import first_hit
from include.rules.outcomes import outcome, parents
from include.rules.values import cleaned, is_released, keyed, utc
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import Decision


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every key.

    views:    keys
    known:    not needed
    settings: properties, properties_full_history
    returns:  "key", with the control columns and the payload fields
    """
    keys = cleaned(keyed(views["keys"], ["key_nr"]), ["property_nr", "label"])
    number, house = keys["key_nr"], keys["property_nr"]
    decided = first_hit(
        keys,
        (~is_released(house, settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        otherwise=(Decision.SEND, "RELEASED"),
    )
    records = decided.assign(
        external_id=number,
        warnings="",
        properties=house.fillna(""),
        parents=parents("property", house),
        identity="",
        changed_at=utc(keys["changed_at"]),
        source=ids.source("SP_SCHLUESSEL", number),
    )
    return {"key": outcome(records, DataFrame({"propertyId": house, "number": number, "label": keys["label"]}))}
