"""JSON that comes in: bounded, and without what a database or a parser could trip over."""

from __future__ import annotations

import time

import pytest

from leadline.api.body import DEEPEST, read_json
from leadline.core.errors import LeadlineError


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"NaN",
        b'{"a": Infinity}',
        b"1e309",
        b"123456789012345678901234567890",
        b"-9223372036854775809",
        b"9" * 100_000,
        b'"\\u0000"',
        b'{"\\u0000": 1}',
        b'{"a": ["x\\u0000y"]}',
        b'"\\ud800"',
        b"\xff\xfe",
        b"{'a': 1}",
        b'{"a": 1} trailing',
        '{"ä": 1}'.encode("utf-16"),
    ],
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(LeadlineError) as refused:
        read_json(body)
    assert refused.value.code == "bad_json"
    assert refused.value.fix
    assert len(refused.value.why) < 300


@pytest.mark.parametrize("deep", [DEEPEST + 1, 1000, 400_000])
@pytest.mark.parametrize("pair", [(b"[", b"]"), (b'{"a":', b"}")])
def test_a78_deep_nesting_is_refused_at_once(deep: int, pair: tuple[bytes, bytes]) -> None:
    began = time.process_time()
    with pytest.raises(LeadlineError) as refused:
        read_json(pair[0] * deep + b"1" + pair[1] * deep)
    assert refused.value.code == "too_large"
    assert time.process_time() - began < 1


def test_what_is_json_is_read() -> None:
    body = '{"a": [1, -2, 1.5, true, null, "ü😀"], "b": {}, "a2": 9223372036854775807}'.encode()
    expected = {"a": [1, -2, 1.5, True, None, "ü😀"], "b": {}, "a2": 2**63 - 1}
    assert read_json(body) == expected
    assert read_json(b'{"a": 1, "a": 2}') == {"a": 2}
    assert read_json(b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1)) is not None
