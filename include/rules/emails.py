"""E-mail addresses: what can be used of what staff typed (E15), and who keeps an address that several have (E14)."""

import re

from email_validator import EmailNotValidError, validate_email
from pandas import DataFrame, Series

from include.vocabulary.signs import bare

PLAIN = (
    r"[A-Za-z0-9_+-]{1,20}(?:\.[A-Za-z0-9_+-]{1,20}){0,2}"
    r"@(?:[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,2}\.){1,2}(?:[a-z]{2,3}|info)"
)
"""Addresses so ordinary that no library need look at them; tests hold it against email-validator."""

ROLE_MAILBOX = (
    r"(?i)(?:info|marketing|sales|support|abuse|noc|security|postmaster|hostmaster|usenet|news|webmaster|www|uucp|ftp)"
    r"@.*"
)
"""Mailboxes that are the same in capitals (RFC 2142): email-validator writes them small, so it has to see them."""

_NOTHING = {"", "keine", "kein", "ka", "keineangabe", "keineemail", "keinemail", "ohne", "unbekannt"}
"""What staff type where there is no address, such as "k. A.", without blanks and signs; "-" leaves nothing."""
_SIGNS = re.compile(r"[\W_]+")
_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_SEPARATOR = re.compile(r"[;,<>\s]+")


def clean_emails(column: Series) -> DataFrame:
    """Return what can be used of the e-mail field (E15).

    column:  str, stripped, missing where empty
    returns: frames.EMAILS
    """
    is_plain = is_plain_address(column)
    odd = column[column.notna() & ~is_plain]
    odd = odd[~odd.map(says_none).astype(bool)]
    read = [read_address(text) for text in odd]  # one by one, but only the few
    addresses = Series([address for address, _ in read], index=odd.index, dtype="str")
    is_partly = Series([is_partly for _, is_partly in read], index=odd.index, dtype=bool)
    return DataFrame(
        {
            "address": column.where(is_plain).fillna(addresses),
            "is_invalid": addresses.isna().reindex(column.index, fill_value=False),
            "is_partly": is_partly.reindex(column.index, fill_value=False),
        }
    )


def is_plain_address(column: Series) -> "Series[bool]":
    """Return which texts are addresses that email-validator accepts and leaves as they are."""
    return column.str.fullmatch(PLAIN, na=False) & ~column.str.fullmatch(ROLE_MAILBOX, na=False)


def says_none(text: str) -> bool:
    """Whether what stands in the field only says that there is no address."""
    return _SIGNS.sub("", text).casefold() in _NOTHING


def read_address(text: str) -> tuple[str | None, bool]:
    """Return the first valid address in `text`, remarks in brackets and signs that nobody sees left out, and whether
    anything else was there.
    """
    parts = [part for part in _SEPARATOR.split(_REMARK.sub(" ", bare(text))) if part]
    valid = [address for address in map(_normalised, parts) if address]
    if not valid:
        return None, False
    return valid[0], any((_normalised(part) or "").casefold() != valid[0].casefold() for part in parts)


def _normalised(part: str) -> str | None:
    try:
        return validate_email(part, check_deliverability=False).normalized
    except EmailNotValidError:
        return None


def share_out(contacts: DataFrame) -> DataFrame:
    """Decide who keeps an e-mail address that several contacts have (E14).

    One address is one login: whoever holds a contract of his own comes before co-residents and further contract
    partners, then the lowest external id (as text); capital letters make no difference.

    contacts: frames.ADDRESSED
    returns:  frames.SHARED, same index
    """
    address = contacts["email"].str.lower()
    is_shared = address.notna() & address.duplicated(keep=False)
    rivals = contacts[is_shared].assign(address=address, comes_later=~contacts["is_main"])
    rivals = rivals.sort_values(["address", "comes_later", "external_id"])
    losers = rivals.index[rivals["address"].duplicated()]
    return DataFrame({"email": contacts["email"].mask(contacts.index.isin(losers)), "is_shared": is_shared})
