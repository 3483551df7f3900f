"""To which addresses a password may go."""

import pytest
from yarl import URL

from include.settings import AddressError, checked_address, is_safe
from tests.addresses import BAD, GOOD


@pytest.mark.rule("R10")
@pytest.mark.parametrize("address", GOOD)
def test_an_encrypted_address_or_one_of_this_machine_is_good(address: str) -> None:
    assert checked_address(address).host == URL(address).host


@pytest.mark.rule("R10")
@pytest.mark.parametrize(("address", "wrong"), BAD.items(), ids=map(repr, BAD))
def test_every_other_address_is_refused_without_quoting_it(address: str, wrong: str) -> None:
    with pytest.raises(AddressError) as refused:
        checked_address(address)
    assert str(refused.value) == refused.value.wrong.english == wrong
    assert refused.value.wrong.german != wrong


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://x.docuware.cloud/DocuWare/Platform", True),
        ("http://127.0.0.1:8080/p", True),
        ("http://localhost/p", True),
        ("http://[::1]/p", True),
        ("http://x.docuware.cloud/p", False),
        ("http://127.0.0.1.evil.example/p", False),
        ("http://localhost.evil.example/p", False),
        ("ftp://127.0.0.1/p", False),
        ("/p", False),
    ],
)
def test_where_a_password_may_go(address: str, expected: bool) -> None:
    assert is_safe(URL(address)) is expected
