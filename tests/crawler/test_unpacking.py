"""A packed body is unpacked whole, or said to be broken."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.unpacking import unpacked, unpacked_in_pieces

if TYPE_CHECKING:
    from collections.abc import Callable

_BODY = bytes(range(256)) * 40


def _raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


_PACKED = {
    "gzip": gzip.compress(_BODY, mtime=0),
    "deflate": zlib.compress(_BODY),
    "identity": _BODY,
}


@pytest.mark.parametrize("encoding", _PACKED)
def test_a_packed_body_comes_back(encoding: str) -> None:
    assert unpacked(_PACKED[encoding], [encoding], most=10**6) == _BODY


def test_deflate_comes_with_and_without_its_header() -> None:
    assert unpacked(_raw_deflate(_BODY), ["deflate"], most=10**6) == _BODY


def test_several_packings_are_undone_last_first() -> None:
    twice = gzip.compress(zlib.compress(_BODY))

    assert unpacked(twice, ["deflate", "gzip"], most=10**6) == _BODY


def test_several_gzips_behind_each_other_are_one_body() -> None:
    assert unpacked(gzip.compress(b"un") + gzip.compress(b"deux"), ["gzip"], most=99) == b"undeux"


@given(cut=st.integers(1, len(_PACKED["gzip"]) - 1))
def test_a_gzip_that_breaks_off_anywhere_is_broken(cut: int) -> None:
    with pytest.raises(ValueError, match="breaks off before its end"):
        unpacked(_PACKED["gzip"][:cut], ["gzip"], most=10**6)


def test_so_is_a_deflate_that_breaks_off() -> None:
    with pytest.raises(ValueError, match="breaks off"):
        unpacked(_PACKED["deflate"][:-4], ["deflate"], most=10**6)


@given(st.binary(min_size=1).filter(lambda body: not body.startswith(b"\x1f\x8b")))
def test_what_is_no_gzip_is_said_to_be_none(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"not what its encoding \(gzip\) says|breaks off"):
        unpacked(body, ["gzip"], most=10**6)


def test_a_packing_that_nobody_asked_for_is_named() -> None:
    with pytest.raises(ValueError, match=r"in a way nobody asked for \(br\)"):
        unpacked(b"x", ["br"], most=10**6)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_unpacked_no_further_than_it_may(encoding: str) -> None:
    bomb = {
        "gzip": gzip.compress(bytes(10**8)),
        "deflate": zlib.compress(bytes(10**8)),
    }[encoding]

    assert len(unpacked(bomb, [encoding], most=1000)) == 1001


@given(encoding=st.sampled_from(["gzip", "deflate"]), cut=st.integers(0, 60))
def test_it_may_come_in_pieces(encoding: str, cut: int) -> None:
    packed = _PACKED[encoding]

    pieces = unpacked_in_pieces([packed[:cut], packed[cut:]], [encoding])

    assert b"".join(pieces) == _BODY


@pytest.mark.parametrize("wrap", [gzip.compress, zlib.compress, _raw_deflate])
def test_a_bomb_goes_off_a_megabyte_at_a_time(wrap: Callable[[bytes], bytes]) -> None:
    encoding = "gzip" if wrap is gzip.compress else "deflate"

    sizes = [len(piece) for piece in unpacked_in_pieces([wrap(bytes(10**7))], [encoding])]

    assert sum(sizes) == 10**7
    assert max(sizes) == 10**6
