"""JSON of others."""

from __future__ import annotations

import pytest

from custid._json import json_value


@pytest.mark.parametrize("text", ['\ufeff{"a": 1}', '\ufeff{"a": 1}'.encode()])
def test_a_byte_order_mark_is_passed_over(text: str | bytes) -> None:
    """Editors that put a mark before a text do not make it another one."""
    assert json_value(text) == {"a": 1}


def test_null_is_a_value() -> None:
    """A text that is nothing but null is JSON."""
    assert json_value("null") is None
