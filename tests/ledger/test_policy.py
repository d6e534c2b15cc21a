"""Trust policies: what is one, what is not, and whom it takes for enough."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recanvass.errors import BadInput, BadProof
from recanvass.ledger import Signer, WitnessSigner
from recanvass.ledger.checkpoint import Checkpoint
from recanvass.ledger.note import format_note
from recanvass.ledger.policy import MAX_POLICY_BYTES, parse_policy

LOG = Signer("log.example", bytes(32))
NEXT = Signer("log.example", bytes([9]) * 32)
SIGNERS = {
    name: WitnessSigner(f"{name}.example", bytes([n]) * 32) for n, name in enumerate("abcde", 1)
}
LINES = [
    f"log {LOG.verifier} https://log.example/",
    *(f"witness {name} {signer.verifier}" for name, signer in SIGNERS.items()),
]
# The two levels of the specification's example, with fewer names.
POLICY = "\n".join(
    [
        "# who watches\n",
        *LINES,
        "\tgroup X  2 a b\tc ",
        "group Y any d e",
        "group both all X Y",
        "quorum both\n",
    ]
)


def policy(*lines: str):
    return parse_policy("\n".join([*LINES, *lines]).encode())


def signed(*names: str, log: Signer = LOG) -> bytes:
    text = Checkpoint("log.example", 1, bytes(32)).text()
    lines = [SIGNERS[name].cosign(text, 1700000000) for name in names]
    return format_note(text, [log.sign(text.encode()), *lines])


def test_the_specifications_example_is_met_by_two_of_three_and_one_of_two():
    parsed = parse_policy(POLICY.encode())
    for count in range(6):
        for names in combinations("abcde", count):
            enough = len({*names} & {*"abc"}) >= 2 and bool({*names} & {*"de"})
            judgement = parsed.judge(signed(*names))
            assert judgement.met == enough, names
            assert [name for name, _ in judgement.cosigned] == list(names)


@given(st.sets(st.sampled_from("abcde")), st.integers(1, 5))
def test_k_of_n_is_met_by_k_and_not_by_fewer(names, needed):
    judgement = policy(f"group g {needed} a b c d e", "quorum g").judge(signed(*sorted(names)))
    assert judgement.met == (len(names) >= needed)
    if judgement.met:
        judgement.check()
    else:
        with pytest.raises(BadProof, match="expected the quorum g"):
            judgement.check()


def test_a_quorum_can_be_one_witness_or_nobody():
    assert policy("quorum b").judge(signed("b")).met
    assert not policy("quorum b").judge(signed("a", "c")).met
    assert policy("quorum none").judge(signed()).met


def test_who_cosigned_is_told_with_the_time():
    ((name, one),) = policy("quorum none").judge(signed("c")).cosigned
    assert (name, one.time, str(one.witness)) == ("c", 1700000000, str(SIGNERS["c"].verifier))


def test_the_signature_of_another_log_or_a_bad_one_is_refused():
    other = Signer("log.example", bytes([77]) * 32)
    with pytest.raises(BadProof, match="expected one by"):
        policy("quorum none").judge(signed(log=other))
    foreign = Signer("other.example", bytes(32))
    text = Checkpoint("other.example", 1, bytes(32)).text()
    with pytest.raises(BadProof, match=r"found no log 'other\.example'"):
        policy("quorum none").judge(format_note(text, [foreign.sign(text.encode())]))
    changed = signed("a").replace(b"\n1\n", b"\n2\n")
    with pytest.raises(BadProof, match="does not verify"):
        policy("quorum none").judge(changed)


def test_a_log_may_have_two_keys_and_either_will_do():
    parsed = policy(f"log {NEXT.verifier}", "quorum none")
    assert [parsed.judge(signed(log=log)).met for log in (LOG, NEXT)] == [True, True]


def test_the_policy_in_the_documentation_is_one():
    text = (Path(__file__).parents[2] / "docs" / "witnesses.md").read_text(encoding="utf-8")
    lines = [line for line in text.split("\n") if line.startswith("    ")]
    parsed = parse_policy("\n".join(lines[: lines.index("    quorum   watchers") + 1]).encode())
    assert [witness.name for witness in parsed.witnesses] == ["bar", "news", "party"]
    assert parsed.is_met_by(["bar", "party"]) and not parsed.is_met_by(["news"])


A = str(SIGNERS["a"].verifier)
REFUSED = {
    "no quorum": "",
    "two quorums": "quorum a\nquorum a",
    "a quorum of nobody known": "quorum z",
    "a quorum that comes later": "quorum g\ngroup g any a",
    "a member that comes later": "group g any h\ngroup h any a\nquorum g",
    "a group of itself": "group g any g\nquorum g",
    "none as a member": "group g any none\nquorum g",
    "none as a name": "group none any a\nquorum none",
    "a name twice": "group a any b\nquorum a",
    "a member of two groups": "group g any a\ngroup h any a\nquorum g",
    "a member twice": "group g any a a\nquorum g",
    "no members": "group g any\nquorum g",
    "zero of them": "group g 0 a\nquorum g",
    "more than there are": "group g 3 a b\nquorum g",
    "a signed number": "group g +1 a\nquorum g",
    "a padded number": "group g 01 a\nquorum g",
    "a number of another script": "group g ٢ a b\nquorum g",
    "a huge number": f"group g {'9' * 5000} a\nquorum g",
    "a key twice": f"witness z {A}\nquorum a",
    "a key under two names": f"witness z {WitnessSigner('z', bytes([1]) * 32).verifier}\nquorum a",
    "a log's key for a witness": f"witness z {NEXT.verifier}\nquorum a",
    "a witness's key for a log": f"log {A}\nquorum a",
    "one key for both": f"witness z {WitnessSigner('z', bytes(32)).verifier}\nquorum a",
    "a URL of another kind": f"log {NEXT.verifier} file:///etc/passwd\nquorum a",
    "a word too many": f"log {NEXT.verifier} https://a.example b\nquorum a",
    "an unknown word": "threshold 2\nquorum a",
    "a carriage return": "quorum a\r",
    "a null": "quorum a\n#\0",
    "too many groups": "\n".join(f"group g{n} any h{n}" for n in range(200)),
    "too long": "#" * MAX_POLICY_BYTES,
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_policy_is_refused_in_one_line(what):
    with pytest.raises(BadInput, match=r"^policy: ") as refusal:
        policy(*REFUSED[what].split("\n"))
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_more_witnesses_than_anybody_needs_are_refused_and_32_are_not():
    many = [WitnessSigner(f"w{n}", n.to_bytes(32, "big")) for n in range(1000, 1101)]
    lines = [f"witness w{n} {signer.verifier}" for n, signer in enumerate(many)]
    groups = [f"group g{n} any w{n}" for n in range(32)]
    assert len(parse_policy("\n".join([*lines[:32], *groups, "quorum none"]).encode()).groups) == 32
    with pytest.raises(BadInput, match="more than 100 witnesses"):
        parse_policy("\n".join([*lines, "quorum none"]).encode())


def test_names_are_opaque_beyond_ascii():
    lines = [f"witness şahit {A}".encode(), "quorum şahit".encode()]
    assert parse_policy(b"\n".join(lines)).quorum == "şahit"
    assert parse_policy(f"witness \\xff {A}".encode() + b"\nquorum none # \xff".split(b" #")[0])
    with pytest.raises(BadInput, match="not defined above"):
        parse_policy(b"witness K " + A.encode() + b"\nquorum \xe2\x84\xaa")


@given(st.binary(max_size=300))
def test_no_bytes_bring_the_parser_down(data):
    for start in (b"", "\n".join(LINES).encode() + b"\n", b"group g any ", b"quorum "):
        try:
            parse_policy(start + data)
        except BadInput:
            continue
