"""A Result as bytes and back: one version byte, a checksum, then MessagePack."""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from leadline.core.result import Result

VERSION = 1
_DIGEST = 8
_HEADER = 1 + _DIGEST
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Result)


def _checksum(body: bytes) -> bytes:
    return blake2b(body, digest_size=_DIGEST).digest()


def encode(result: Result) -> bytes:
    """The bytes of a Result."""
    body = _encoder.encode(result)
    return bytes([VERSION]) + _checksum(body) + body


def decode(data: bytes) -> Result | None:
    """The Result of these bytes; None where they are of another version, cut short or damaged."""
    body = data[_HEADER:]
    if not data or data[0] != VERSION or data[1:_HEADER] != _checksum(body):
        return None
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError:  # a sound value of a shape that this version no longer has
        return None
