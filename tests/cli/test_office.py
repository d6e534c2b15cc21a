"""`recanvass office`: holders over time and who controls what, for people and for programs."""

from __future__ import annotations

import csv
import io

MAYOR = "istanbul-mayor"
GOVERNOR = "2019-05-10T12:00+03:00"


def test_an_unknown_office_or_party_is_named_with_those_there_are(run, district_ledger) -> None:
    for words, told in ((["nope"], "istanbul-mayor"), (["--party", "nope"], "akp")):
        ran = run("--ledger", district_ledger, "office", *words)
        assert ran.status == 2
        assert "'nope'" in ran.err
        assert told in ran.err


def test_the_command_speaks_turkish_and_english(run, district_ledger) -> None:
    english = run("--ledger", district_ledger, "office", MAYOR).out
    assert "annulment of the election" in english
    assert "Ali Yerlikaya, acting" in english
    turkish = run("--ledger", district_ledger, "office", MAYOR, "--lang", "tr").out
    assert "Ali Yerlikaya (vekâleten)" in turkish
    assert "9.152" in turkish
    everything = run("--ledger", district_ledger, "office", "--lang", "tr").out
    assert "bölünmüş yönetim" in everything


def test_json_and_csv_carry_the_same_holders(run, district_ledger) -> None:
    words = ("--ledger", district_ledger, "office", MAYOR, "--as-of", GOVERNOR, "--format")
    plain = run(*words, "json").json()
    assert (plain["as_of"], plain["state"]) == (GOVERNOR, "acting")
    assert plain["mandates"][-1]["ended"] is None
    rows = list(csv.DictReader(io.StringIO(run(*words, "csv").out)))
    assert [r["person"] for r in rows] == [m["person"] for m in plain["mandates"]]
    assert rows[4]["full_days"] == "18"


def test_the_line_of_one_party_is_asked_for_by_name(run, district_ledger) -> None:
    ran = run("--ledger", district_ledger, "office", MAYOR, "--party", "sp", "--format", "json")
    (line,) = ran.json()["unbroken"]
    assert line["predecessors"] == ["fp", "rp"]
    assert line["spells"][0]["days"]["years"] == 10


def test_csv_of_all_offices_has_a_row_per_party_with_seats(run, district_ledger) -> None:
    out = run("--ledger", district_ledger, "office", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 1 + 5 + 39
    assert sum(int(r["held"]) for r in rows if r["office"] == "istanbul-council") == 312


def test_a_party_s_offices_are_listed_with_those_of_its_alliance(run, district_ledger) -> None:
    out = run("--ledger", district_ledger, "office", "--party", "akp").out
    assert "People's Alliance" in out
    assert "MHP (person not named)" in out
    plain = run("--ledger", district_ledger, "office", "--party", "akp", "--format", "json").json()
    district = plain["party"]["levels"][1]
    assert (district["alone"], district["with_alliance"]) == (24, 25)
