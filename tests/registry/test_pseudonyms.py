"""custid.registry.pseudonyms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custid.errors import ConfigurationError, ModelFormatError
from custid.registry import Base32Scheme, Pseudonyms

SECRET = bytes(range(16))
SCHEME = Base32Scheme()
CUSTOMERS = [SCHEME.encode(number) for number in range(200)]


@given(st.lists(st.sampled_from(["mailing", "statistics", "lab"]), max_size=4), st.binary(min_size=16, max_size=20))
def test_consumers_share_no_pseudonym(revoked: list[str], secret: bytes) -> None:
    """Whatever was revoked, the pseudonyms of two consumers and two epochs have none in common, nor an identifier."""
    pseudonyms = Pseudonyms(secret)
    seen: set[str] = set(CUSTOMERS)
    for consumer in ("mailing", "statistics", *revoked):
        pseudonyms.revoke(consumer)
        made = {pseudonyms.of(each, consumer) for each in CUSTOMERS}
        assert len(made) == len(CUSTOMERS)
        assert not made & seen
        assert all(SCHEME.parse(each) == each for each in made)
        seen |= made


def test_pseudonyms_lead_back_until_revoked() -> None:
    """What a consumer sends back is understood, but not what it got before its pseudonyms were revoked."""
    pseudonyms = Pseudonyms(SECRET)
    old = pseudonyms.of(CUSTOMERS[3], "mailing")
    assert pseudonyms.customers("mailing", CUSTOMERS)[old] == CUSTOMERS[3]
    assert pseudonyms.revoke("mailing") == 1
    assert old not in pseudonyms.customers("mailing", CUSTOMERS)


def test_epochs_are_kept() -> None:
    """Read back with the secret, the pseudonyms are the same; with another one they are others."""
    pseudonyms = Pseudonyms(SECRET)
    pseudonyms.revoke("mailing")
    text = pseudonyms.to_json()
    assert Pseudonyms.from_json(text, SECRET).of(CUSTOMERS[0], "mailing") == pseudonyms.of(CUSTOMERS[0], "mailing")
    assert Pseudonyms.from_json(text, SECRET[::-1]).of(CUSTOMERS[0], "mailing") != pseudonyms.of(
        CUSTOMERS[0], "mailing"
    )


def test_what_is_refused() -> None:
    """Short secrets, consumers without a name, negative epochs and other texts."""
    with pytest.raises(ConfigurationError, match="at least 16 bytes, got 3"):
        Pseudonyms(b"abc")
    with pytest.raises(ConfigurationError, match="expected a name"):
        Pseudonyms(SECRET).of(CUSTOMERS[0], " ")
    with pytest.raises(ConfigurationError, match="negative"):
        Pseudonyms(SECRET, {"mailing": -1})
    for text in ("", "[]", '{"format": "custid pseudonyms", "version": 1, "epochs": {"a": "1"}}'):
        with pytest.raises(ModelFormatError, match="pseudonyms"):
            Pseudonyms.from_json(text, SECRET)
