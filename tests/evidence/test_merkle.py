"""The vectors of the Certificate Transparency reference (RFC 6962), and proofs that prove."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.merkle import (
    EMPTY_ROOT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)

INPUTS = "|00|10|2021|3031|40414243|5051525354555657|606162636465666768696a6b6c6d6e6f"
LEAVES = [leaf_hash(bytes.fromhex(text)) for text in INPUTS.split("|")]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_1_OF_8 = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
SIZES = st.integers(1, 70)


def many(size):
    return [leaf_hash(bytes([number])) for number in range(size)]


def slow_root(leaves):
    """The definition of RFC 6962, 2.1, written down as it stands there."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(slow_root(leaves[:k]), slow_root(leaves[k:]))


@pytest.mark.parametrize("size", range(1, 9))
def test_known_roots(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size - 1]


def test_the_empty_tree():
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Tree().root() == EMPTY_ROOT


def test_known_proofs():
    assert [step.hex() for step in inclusion_proof(LEAVES, 0)] == INCLUSION_1_OF_8
    assert [step.hex() for step in consistency_proof(LEAVES, 6)] == CONSISTENCY_6_TO_8


@given(SIZES)
def test_growing_equals_the_definition(size):
    assert root_of(many(size)) == slow_root(many(size))


@given(SIZES, st.data())
def test_inclusion_holds_for_its_own_place_only(size, data):
    leaves = many(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = inclusion_proof(leaves, index), root_of(leaves)
    assert verify_inclusion(leaves[index], index, size, proof, root)
    other = data.draw(st.integers(0, size + 3))
    if other != index:
        assert not verify_inclusion(leaves[index], other, size, proof, root)
    assert not verify_inclusion(leaf_hash(b"forged"), index, size, proof, root)
    assert not verify_inclusion(leaves[index], index, size, [*proof, root], root)
    if proof:
        assert not verify_inclusion(leaves[index], index, size, proof[:-1], root)


@given(SIZES, st.data())
def test_consistency_holds_for_prefixes_only(size, data):
    leaves = many(size)
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(leaves, old)
    assert verify_consistency(old, size, proof, root_of(leaves[:old]), root_of(leaves))
    forged = [*leaves]
    forged[data.draw(st.integers(0, old - 1))] = leaf_hash(b"forged")
    assert not verify_consistency(old, size, proof, root_of(forged[:old]), root_of(leaves))
    assert not verify_consistency(
        old, size, consistency_proof(forged, old), root_of(leaves[:old]), root_of(forged)
    )
    assert not verify_consistency(old, size, [*proof, EMPTY_ROOT], root_of(leaves[:old]), root_of(leaves))


@pytest.mark.parametrize(
    ("call", "place"), [(inclusion_proof, -1), (inclusion_proof, 8), (consistency_proof, 0)]
)
def test_no_proof_outside_the_tree(call, place):
    with pytest.raises(IndexError):
        call(LEAVES, place)


def test_nonsense_sizes_verify_nothing():
    assert not verify_consistency(0, 8, [], EMPTY_ROOT, root_of(LEAVES))
    assert not verify_consistency(9, 8, [], EMPTY_ROOT, root_of(LEAVES))
    assert not verify_consistency(5, 8, [], root_of(LEAVES[:5]), root_of(LEAVES))
    assert not verify_inclusion(LEAVES[0], 0, 0, [], LEAVES[0])
