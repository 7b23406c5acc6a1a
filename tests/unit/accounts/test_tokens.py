"""Secrets of ours: long, random, and read back whole."""

from __future__ import annotations

import pytest

from leadline.accounts.tokens import new_key, new_token, read_key, same_hash


def test_tokens_are_256_random_bits() -> None:
    made = {new_token() for _ in range(100)}
    assert len(made) == 100
    assert all(len(token) == 43 for token in made)


def test_a_key_is_read_back_whatever_its_secret_holds() -> None:
    for _ in range(200):
        key = new_key()
        assert read_key(str(key)) == key


@pytest.mark.parametrize("text", ["", "ll", "ll_", "ll_a", "xx_a_b", "ll_ä_b", "ll_a_" + "b" * 200])
def test_what_is_no_key_is_none(text: str) -> None:
    assert read_key(text) is None


def test_a_secret_fits_its_own_hash_only() -> None:
    from leadline.accounts.tokens import hashed

    assert same_hash(hashed("a").hex(), hashed("a"))
    assert not same_hash(hashed("b").hex(), hashed("a"))
