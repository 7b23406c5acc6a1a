"""What the load's client makes of answers."""

from __future__ import annotations

import asyncio

from bench.client import body_of, load, request


def test_a_body_with_a_length_and_one_in_chunks_are_read_alike() -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab\r\nc"
    parts = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\n\r\nc\r\n0\r\n\r\n"

    assert body_of(whole) == body_of(parts) == b"ab\r\nc"


def test_a_request_says_who_asks_and_what_it_takes() -> None:
    told = request("http://127.0.0.1:8400", "/x", "a=b", gzip=True)

    assert told.startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:8400\r\nContent-Length: 2\r\n")
    assert b"\r\nCookie: a=b\r\nAccept-Encoding: gzip\r\n\r\n{}" in told
    assert request("http://127.0.0.1:1", "/x", method="GET").endswith(b"Content-Length: 0\r\n\r\n")


async def _answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(1000):
        await asyncio.sleep(0.03)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    writer.close()


async def test_users_at_set_times_count_from_when_they_were_due() -> None:
    async with await asyncio.start_server(_answering, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        slow = await load(url, [b"GET / HTTP/1.1\r\n\r\n"], 1, 0.3, rate=20)
        fast = await load(url, [b"GET / HTTP/1.1\r\n\r\n"], 1, 0.3, rate=100)

    assert len(slow.seconds) in (5, 6, 7), "one every 50 ms"
    assert max(fast.seconds) > 0.1, "who is answered in 30 ms and asks every 10 waits longer and longer"
    assert fast.refused == slow.refused == 0
