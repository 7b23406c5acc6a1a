"""A Result as bytes: whole it comes back equal, damaged it is a miss."""

from __future__ import annotations

from leadline.cache import codec
from leadline.core.result import Column, Rejection, Result, ServedBy

RESULT = Result(
    columns=(
        Column("time", "time", "time", "Day", grain="day"),
        Column(
            "revenue:previous_year", "revenue", "decimal", "Revenue", unit="USD", scale=2, range={"to": None}
        ),
    ),
    data=(("2026-11-01T00:00:00-05:00", None), ("12.50", 3)),
    rows=2,
    now="2026-11-17T09:15:00.000-06:00",
    as_of="2026-11-17T09:14:03.120-06:00",
    range={"from": None, "to": None, "zone": "UTC", "partial": True},
    served_by=ServedBy("rollup", rollup="daily", node="replica-1", lag_ms=3),
    totals={"revenue": None},
    partial_rows=(1,),
    rejected=(Rejection("x", "stale", "…"),),
    truncated=True,
    key="k",
    data_version="v",
    ms={"total": 1.5},
)


def test_what_is_encoded_comes_back_equal() -> None:
    assert codec.decode(codec.encode(RESULT)) == RESULT


def test_every_damage_is_a_miss() -> None:
    data = codec.encode(RESULT)
    assert codec.decode(b"") is None
    assert all(codec.decode(data[:length]) is None for length in range(len(data)))
    for place in range(len(data)):
        broken = bytearray(data)
        broken[place] ^= 1
        assert codec.decode(bytes(broken)) is None


def test_another_version_is_a_miss() -> None:
    data = codec.encode(RESULT)
    assert codec.decode(bytes([codec.VERSION + 1]) + data[1:]) is None


def test_a_sound_entry_of_another_shape_is_a_miss() -> None:
    body = b"\x81\xa1a\x01"
    assert codec.decode(bytes([codec.VERSION]) + codec._checksum(body) + body) is None
