"""Which properties and units the portal holds, and as what (R13, R15, O28, E11, E22b, E60)."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
from pandas import DataFrame, Series

from include.columns.keys import Rows, occurs, positions, taken
from include.rules.first_hit import first_hit
from include.rules.outcomes import newest, outcome, parents
from include.rules.values import cleaned, days, is_released, joined, keyed, utc
from include.settings import SystemSettings
from include.vocabulary import ids
from include.vocabulary.decision import Decision

_PROPERTY_TEXTS = (
    "name", "street", "postal_code", "city", "country", "portal_note",
    "metering_nr", "metering_provider", "metering_provider_id",
)  # fmt: skip
_UNIT_TEXTS = ("name", "entrance_nr", "usage", "metering_nr", "portal_note")


def is_let(units: DataFrame, contracts: DataFrame, settings: SystemSettings, today: date) -> "Series[bool]":
    """Return which units somebody has a contract for today, the days before and after it included (O28, R18, R19).

    units:     property_nr, unit_nr
    contracts: the view; one without begin counts as begun: a mistake takes no unit away (E3)
    """
    contracts, day = cleaned(keyed(contracts, ["contract_nr"]), ["property_nr", "unit_nr"]), pd.Timestamp(today)
    is_to_come = days(contracts["begin"]) - settings.portal_access_lead > day
    is_over = days(contracts["end"]) + settings.portal_access_trail < day
    current = contracts[~is_to_come & ~is_over]
    unit_id = ids.unit(units["property_nr"].astype("str"), units["unit_nr"].astype("str"))
    return occurs(unit_id, ids.unit(current["property_nr"], current["unit_nr"]))


def is_wanted(
    units: DataFrame, views: Mapping[str, DataFrame], settings: SystemSettings, today: date
) -> "Series[bool]":
    """Return which units are to be in the portal, vacant ones as the settings say (O28).

    units: as for is_let
    views: contracts
    """
    if settings.include_vacant_units:
        return Series(True, index=units.index)
    return is_let(units, views["contracts"], settings, today)


def decide(
    views: Mapping[str, DataFrame], known: DataFrame, settings: SystemSettings, today: date
) -> dict[str, DataFrame]:
    """Decide on every property and every unit.

    views:    properties, entrances, units; contracts to know which units are let
    known:    frames.LEDGER; not needed: an object number is never given to another property
    settings: properties, properties_full_history; a property is released if it lies in either (R14);
              include_vacant_units, and for what is vacant portal_access_lead_days, portal_access_trail_days
    today:    the local calendar day (Europe/Berlin)
    returns:  "property" and "unit": frames.DECIDED, with the payload fields
    """
    entrances = cleaned(keyed(views["entrances"], ["property_nr", "entrance_nr"]), ["street"])
    properties = cleaned(keyed(views["properties"], ["property_nr"]), _PROPERTY_TEXTS)
    units = cleaned(keyed(views["units"], ["property_nr", "unit_nr"]), _UNIT_TEXTS)
    addresses = _addresses(properties, entrances)
    return {
        "property": _decide_properties(properties, entrances, addresses, settings),
        "unit": _decide_units(
            units, properties, entrances, addresses, is_wanted(units, views, settings, today), settings
        ),
    }


def _decide_properties(
    properties: DataFrame, entrances: DataFrame, addresses: DataFrame, settings: SystemSettings
) -> DataFrame:
    decided = first_hit(
        properties,
        (~is_released(properties["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        otherwise=(Decision.SEND, "RELEASED"),
    )
    number = properties["property_nr"]
    streets = addresses.groupby("property", sort=False)["street"].agg(list)
    content = DataFrame(
        {
            "name": properties["name"].fillna(properties["street"]).fillna(number),  # the portal shows it: never empty
            "number": number,
            "note": properties["portal_note"],
            "country": properties["country"],
            "city": properties["city"],
            "postalCode": properties["postal_code"],
            "mscNumber": properties["metering_nr"],
            "mscProviderName": properties["metering_provider"],
            "mscProviderIdentifier": properties["metering_provider_id"],
            "addresses": Series(
                [[{"street": street} for street in streets.get(row, [])] for row in properties.index],
                index=properties.index,
                dtype=object,
            ),
        }
    )
    home = positions(entrances["property_nr"], number)
    changes = utc(entrances["changed_at"]).groupby(home).max().reindex(properties.index)
    keys = ids.source("SP_HAUSEINGANG", entrances["property_nr"], entrances["entrance_nr"])
    belonging = joined(Series(home)[home >= 0], keys[home >= 0], len(properties))
    records = decided.assign(
        external_id=number,
        warnings="",
        properties=number,
        parents="",
        identity="",
        changed_at=newest(utc(properties["changed_at"]), changes),
        source=(ids.source("SP_OBJEKT", number) + " " + belonging).str.strip(),
    )
    return outcome(records, content)


def _decide_units(
    units: DataFrame,
    properties: DataFrame,
    entrances: DataFrame,
    addresses: DataFrame,
    wanted: "Series[bool]",
    settings: SystemSettings,
) -> DataFrame:
    home = positions(units["property_nr"], properties["property_nr"])
    decided = first_hit(
        units,
        (~is_released(units["property_nr"], settings), Decision.REMOVE, "PROPERTY_NOT_RELEASED"),
        (Series(home < 0, index=units.index), Decision.INVALID, "UNKNOWN_PROPERTY"),
        (~wanted, Decision.REMOVE, "UNIT_VACANT"),
        otherwise=(Decision.SEND, "RELEASED"),
    )
    entrance = taken(entrances, _entrance_positions(units, entrances))
    content = DataFrame(
        {
            "propertyId": units["property_nr"],
            "name": units["name"].fillna(units["unit_nr"]),
            "number": units["unit_nr"],
            "address": _address_of(units, home, entrance["street"], properties["street"], addresses),
            "usage": units["usage"],
            "note": units["portal_note"],
            "mscNumber": units["metering_nr"],
        }
    )
    unit_id = ids.unit(units["property_nr"], units["unit_nr"])
    records = decided.assign(
        external_id=unit_id,
        warnings="",
        properties=units["property_nr"],
        parents=parents("property", units["property_nr"]),
        identity="",
        changed_at=newest(utc(units["changed_at"]), utc(entrance["changed_at"])),
        source=ids.source("SP_EINHEIT", unit_id),
    )
    return outcome(records, content)


def _addresses(properties: DataFrame, entrances: DataFrame) -> DataFrame:
    """Return property (row number) and street: those of its entrances, or its own where it has none."""
    entrances = entrances.assign(property=positions(entrances["property_nr"], properties["property_nr"]))
    of_entrances = entrances[(entrances["property"] >= 0) & entrances["street"].notna()]
    own = properties.assign(property=properties.index)
    own = own[own["street"].notna() & ~own["property"].isin(of_entrances["property"])].assign(entrance_nr="")
    columns = ["property", "street", "entrance_nr"]
    both = pd.concat([of_entrances[columns], own[columns]], ignore_index=True)
    return both.sort_values(["property", "entrance_nr"]).drop_duplicates(["property", "street"])


def _entrance_positions(units: DataFrame, entrances: DataFrame) -> Rows:
    keys = [frame["property_nr"] + "\n" + frame["entrance_nr"] for frame in (units, entrances)]
    return positions(*keys)


def _address_of(
    units: DataFrame, home: Rows, of_entrance: Series, of_properties: Series, addresses: DataFrame
) -> Series:
    """Return each unit's address; the portal accepts only one of its property's addresses, else none is sent."""
    own = taken(of_properties.to_frame(), home)["street"]
    address = of_entrance.where(units["entrance_nr"].notna(), own)
    offered = addresses["property"].astype("str") + "\n" + addresses["street"]
    return address.where(occurs(Series(home).astype("str") + "\n" + address, offered))
