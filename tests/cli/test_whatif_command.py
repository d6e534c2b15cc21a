"""`recanvass whatif`, as its user runs it; and the numbers of Istanbul."""

from __future__ import annotations

import pytest

MARCH = ("whatif", "istanbul-mayor", "--poll", "2019-03-31")


def test_every_answer_says_what_it_assumes(run, small_ledger):
    # In the made-up case elm leads by 11, and by 30 in East 1.
    done = run(
        "whatif", "mayor", "--ledger", small_ledger, "--where", "station = 'land/east/1'",
        "--tainted", "50",
    )  # fmt: skip
    assert done.status == 0
    assert done.out.count("Assumes") == 5
    for number in ("1.", "2.", "3.", "4."):
        assert f"\n{number} " in done.out


def test_json_holds_the_four_answers_and_their_assumptions(run, small_ledger):
    done = run(
        "whatif", "mayor", "--ledger", small_ledger, "--where", "station = 'land/east/1'",
        "--tainted", "50%", "--format", "json",
    )  # fmt: skip
    answer = done.json()
    assert answer["without"]["leader"] == "oak"
    assert answer["changes_leader"]
    assert answer["bound"]["ballots"] == 90
    assert answer["draw"]["tainted"] == 45
    assert set(answer["assumptions"]) == {"without", "bound", "draw", "targets", "worst"}
    assert answer["ledger_size"] > 0


def test_csv_has_the_figures_now_and_without(run, small_ledger):
    done = run(
        "whatif", "mayor", "--ledger", small_ledger, "--where", "station = 'land/east/1'",
        "--format", "csv",
    )  # fmt: skip
    assert done.out.splitlines()[:2] == ["figure,now,challenged,without", "stations,3,1,2"]
    assert "votes.elm,150,60,90" in done.out


def test_it_answers_in_turkish(run, small_ledger):
    done = run(
        "whatif", "mayor", "--ledger", small_ledger, "--lang", "tr", "--where", "voted > 1",
        "--tainted", "3",
    )  # fmt: skip
    assert done.out.count("Varsayım") == 5
    assert "Assumes" not in done.out


def test_a_file_of_stations_is_read(run, small_ledger, tmp_path):
    listed = tmp_path / "challenged.csv"
    listed.write_text("station,tainted\nland/east/1,20\nland/west/1,5\n", encoding="utf-8")
    done = run(
        "whatif", "mayor", "--ledger", small_ledger, "--stations", listed, "--format", "json"
    )
    assert done.json()["draw"]["per_station"]
    assert done.json()["draw"]["tainted"] == 25


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--where", "voted > 1", "--stations", "x"),
        ("--where", "colour = 'red'"),
        ("--where", "voted > 1", "--tainted", "1000"),
        ("--where", "voted > 1", "--tainted", "1.5"),
        ("--stations", "no-such-file"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line(run, small_ledger, words):
    done = run("whatif", "mayor", "--ledger", small_ledger, *words)
    assert done.status == 2
    assert done.out == ""
    assert len(done.err.strip().splitlines()) == 1


def test_the_prison_boxes_of_istanbul_could_not_change_the_outcome(run, box_ledger):
    done = run(
        *MARCH, "--ledger", box_ledger, "--where", "station_kind = 'prison'", "--format", "json"
    )
    answer = done.json()
    assert answer["challenged"]["stations"] == 62
    assert answer["now"]["margin"] == 13_729
    assert answer["without"]["margin"] == 11_796
    assert not answer["bound"]["can_reverse"]
    assert [t["ballots"] for t in answer["targets"]] == [None, None, None]


def test_without_maltepe_istanbul_has_another_winner(run, box_ledger):
    done = run(
        *MARCH, "--ledger", box_ledger, "--where", "unit_district = 'istanbul/maltepe'",
        "--format", "json",
    )  # fmt: skip
    answer = done.json()
    assert (answer["without"]["leader"], answer["without"]["margin"]) == ("akp", 37_853)
    assert [t["ballots"] for t in answer["targets"]] == [76_760, 77_674, 79_912]
    assert (answer["worst"]["to_expect"], answer["worst"]["to_be_sure"]) == (22_034, 22_070)
