"""What the load's client makes of answers."""

from __future__ import annotations

from bench.client import body_of, request


def test_a_body_with_a_length_and_one_in_chunks_are_read_alike() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab\r\nc"
    parts = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\n\r\nc\r\n0\r\n\r\n"

    assert body_of(whole) == body_of(parts) == b"ab\r\nc"


def test_a_request_says_who_asks_and_what_it_takes() -> None:
    told = request("http://127.0.0.1:8400", "/x", "a=b", gzip=True)

    assert told.startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:8400\r\nContent-Length: 2\r\n")
    assert b"\r\nCookie: a=b\r\nAccept-Encoding: gzip\r\n\r\n{}" in told
    assert request("http://127.0.0.1:1", "/x", method="GET").endswith(b"Content-Length: 0\r\n\r\n")
