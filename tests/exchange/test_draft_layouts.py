"""`recanvass new` on more layouts of published files: made here, small, with known totals."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_draft import case_of, drafted, sums

from recanvass.exchange import read_case
from recanvass.exchange.draft import draft_case


def votes(figures: dict[str, int]) -> dict[str, int]:
    """Return the votes among the sums of a table."""
    return {k.removeprefix("votes."): n for k, n in figures.items() if k.startswith("votes.")}


def test_groups_of_columns_that_only_the_first_heads(tmp_path: Path) -> None:
    content = (
        "Code commune;Libellé de la commune;Code du b.vote;Inscrits;Votants;Exprimés;"
        "N°Panneau;Nom;Prénom;Voix;% Voix/Exp\r\n"
        "001;Ay;0001;200;110;100;1;ROUX;Eva;60;60,00;2;BLANC;Luc;30;30,00;3;NOIR;Ana;10;10,00\r\n"
        "001;Ay;0002;90;60;50;1;ROUX;Eva;20;40,00;2;BLANC;Luc;25;50,00;3;NOIR;Ana;5;10,00\r\n"
    )
    case = case_of(tmp_path, "t1-2022-04-10.txt", content.encode("cp1252"))
    assert sums(case) == {
        "counts.registered": 290, "counts.voted": 170, "counts.valid": 150,
        "counts.invalid": 20, "votes.roux-eva": 80, "votes.blanc-luc": 55, "votes.noir-ana": 15,
    }  # fmt: skip


def test_lines_that_end_where_their_last_candidate_does_and_a_contest_for_each_seat(
    tmp_path: Path,
) -> None:
    content = (
        "Code de la circonscription;Code commune;Code du b.vote;Inscrits;Nom;Prénom;Voix\n"
        "01;001;0001;200;ROUX;Eva;60;BLANC;Luc;30\n01;001;0002;200;ROUX;Eva;6;BLANC;Luc;3\n"
        "02;009;0001;90;NOIR;Ana;1;VERT;Léo;2;GRIS;Zoé;4\n"
        "02;009;0002;90;NOIR;Ana;10;VERT;Léo;20;GRIS;Zoé;40\n"
    )
    case = case_of(tmp_path, "2022-06-12.csv", content)
    assert [table.contest for table in case.returns] == ["case-01", "case-02"]
    assert votes(sums(case)) == {"roux-eva": 66, "blanc-luc": 33}
    assert sums(case, 1)["counts.registered"] == 180


def test_groups_whose_columns_are_numbered(tmp_path: Path) -> None:
    content = (
        "Code commune;Code BV;Inscrits;Nom candidat 1;Voix 1;% 1;Nom candidat 2;Voix 2;% 2\n"
        "01;1;90;ROUX;6;60,0%;BLANC;4;40,0%\n01;2;90;BLANC;3;30,0%;ROUX;7;70,0%\n"
    )
    case = case_of(tmp_path, "2024-06-30.csv", content)
    assert votes(sums(case)) == {"roux": 13, "blanc": 7}


def test_two_votes_on_one_paper_are_two_contests(tmp_path: Path) -> None:
    content = (
        "Wahlbezirk;Wahlberechtigte (A);Wählende (B);E_Ungültige;E_Gültige;E_SPD;E_CDU;"
        "Z_Ungültige;Z_Gültige;Z_SPD;Z_CDU;Z_FREIE WÄHLER\n"
        "1;500;105;5;100;60;40;3;102;50;30;22\n2;400;208;8;200;90;110;4;204;70;90;44\n"
        "3;300;52;2;50;20;30;1;51;10;30;11\n"
    )
    case = case_of(tmp_path, "bt-2021-09-26.csv", content)
    assert [table.contest for table in case.returns] == ["case-e", "case-z"]
    assert sums(case)["counts.invalid"] == 15
    assert list(votes(sums(case)).values()) == [170, 180]
    assert list(votes(sums(case, 1)).values()) == [130, 150, 77]
    assert sums(case, 1)["counts.voted"] == 365


def test_candidates_of_a_constituency_are_its_own_contest(tmp_path: Path) -> None:
    content = (
        "Results by polling place [Generated:2016-07-04]\n"
        "StateAb,DivisionID,DivisionNm,PollingPlace,Surname,GivenNm,PartyNm,OrdinaryVotes,Swing\n"
        "ACT,1,Bean,Hall,LEE,Ann,Labor,10,1.5\nACT,1,Bean,Hall,FOX,Bo,Liberal,20,-1.5\n"
        "ACT,1,Bean,Hall,Informal,Informal,,3,0.1\n"
        "ACT,2,Fenner,School,ROE,Jo,Labor,30,2.5\nACT,2,Fenner,School,POE,Al,Liberal,5,-1\n"
    )
    draft = drafted(tmp_path, "pp.csv", content, "2016-07-02")
    assert draft.contests == ("case-bean", "case-fenner")
    assert 'units = ["case/act/bean"]' in draft.path.read_text(encoding="utf-8")
    case = read_case(tmp_path / "case")
    assert sums(case)["counts.invalid"] == 3
    assert votes(sums(case, 1)) == {"roe-jo": 30, "poe-al": 5}


def test_a_file_in_a_language_that_the_vocabulary_lacks(tmp_path: Path) -> None:
    content = (
        "Qwer,Zxcv,Asdf,Alpha Ann,Beta Bob,Ghjk,Uiop,Tyui\n"
        "A,s1,900,100,50,150,4,154\nA,s2,800,70,90,160,2,162\nB,s3,700,20,30,50,1,51\n"
    )
    case = case_of(tmp_path, "2020-01-05.csv", content)
    assert sums(case) == {
        "counts.valid": 360, "counts.invalid": 7, "counts.voted": 367,
        "votes.alpha-ann": 190, "votes.beta-bob": 170,
    }  # fmt: skip


def test_rows_that_are_sums_of_others_are_left_out_at_every_level(tmp_path: Path) -> None:
    content = (
        "GKZ;Gebietsname;Stimmen;Ungültige;Gültige;A;%;B;%\n"
        "G0;Land;630;20;610;310;50,8;300;49,2\n"
        "G1;Nord;330;10;320;170;53,1;150;46,9\nG101;Ort;110;4;106;50;47,2;56;52,8\n"
        "G102;Dorf;220;6;214;120;56,1;94;43,9\n"
        "G2;Süd;300;10;290;140;48,3;150;51,7\nG201;Au;180;7;173;80;46,2;93;53,8\n"
        "G202;Bach;120;3;117;60;51,3;57;48,7\n"
    )
    case = case_of(tmp_path, "2024-09-29.csv", content)
    assert case.returns[0].frame.height == 4
    assert votes(sums(case)) == {"a": 310, "b": 300}


def test_ways_of_voting_without_a_total_are_added_up(tmp_path: Path) -> None:
    content = (
        "county,precinct,office,district,party,candidate,early_voting,election_day\n"
        "Demo,1,Governor,,DEM,Ann Lee,10,20\nDemo,1,Governor,,REP,Bo Fox,5,6\n"
        "Demo,2,Governor,,DEM,Ann Lee,1,2\nDemo,2,Governor,,REP,Bo Fox,3,4\n"
    )
    case = case_of(tmp_path, "20221108__precinct.csv", content)
    assert votes(sums(case)) == {"ann-lee": 33, "bo-fox": 18}


def test_a_first_row_with_fewer_figures_is_not_taken_for_a_header(tmp_path: Path) -> None:
    content = "county,precinct,office,party,candidate,votes,election_day,absentee,early\n"
    content += "D,1,Registered Voters,,,900,,,\nD,2,Registered Voters,,,800,,,\n"
    for precinct in "12":
        for name in ("Ann Lee", "Bo Fox"):
            content += f"D,{precinct},Governor,X,{name},60,10,20,30\n"
    case = case_of(tmp_path, "20221108__x.csv", content)
    assert sums(case)["counts.registered"] == 1700


def test_a_blank_candidate_with_a_party_is_a_vote_for_the_party(tmp_path: Path) -> None:
    content = "county,precinct,office,candidate,party,votes\n"
    for precinct in "12":
        content += f"A,{precinct},Straight Party,,DEM,7\nA,{precinct},Straight Party,,REP,5\n"
        content += f"A,{precinct},Senate,Ann Lee,,9\nA,{precinct},Senate,Bo Fox,,3\n"
    case = case_of(tmp_path, "20181106.csv", content)
    assert [votes(sums(case, n)) for n in (0, 1)] == [
        {"dem": 14, "rep": 10}, {"ann-lee": 18, "bo-fox": 6},
    ]  # fmt: skip


def test_merged_cells_are_filled_and_a_remark_is_no_figure(tmp_path: Path) -> None:
    content = "District,Polling place,Ann,Bob,Total\nNorth,Hall,10,20,30\n,Gym,5,6,11\n"
    content += "".join(f",Room {n},{n},{n},{2 * n}\n" for n in range(1, 30))
    content += "South,School,1,2,3\n,Club,Merged with School,,\n"
    draft = drafted(tmp_path, "2023-10-14.csv", content)
    assert any("Merged with School" in sentence for sentence in draft.unsure)
    case = read_case(tmp_path / "case")
    assert votes(sums(case)) == {"ann": 451, "bob": 463}
    assert case.returns[0].frame["station"][-1] == "case/south/club"


def test_the_case_is_called_as_its_folder_and_says_what_to_ask_for(tmp_path: Path) -> None:
    (tmp_path / "some file.csv").write_text("station,valid,a,b\n1,7,4,3\n2,5,4,1\n")
    draft = draft_case(tmp_path / "some file.csv", tmp_path / "gov", date="2024-11-05")
    assert draft.contests == ("gov",)
    assert read_case(tmp_path / "gov").returns[0].frame["station"].to_list() == ["gov/1", "gov/2"]


def test_a_row_that_lacks_a_count_does_not_speak_against_the_others(tmp_path: Path) -> None:
    content = "station,voted,valid,rejected,a,b\n1,9,7,2,4,3\n2,6,5,1,4,1\n3,,8,1,4,4\n"
    draft = drafted(tmp_path, "2020-01-05.csv", content)
    expected = "valid and invalid votes add up to voted in all 2 rows that have them; 1 lack one"
    assert expected in draft.guesses
    assert draft.unsure == ()


@pytest.mark.parametrize("content", [b"[{}]", b'{"a": 1}', b"PK\x03\x04", b" \n"])
def test_a_file_that_is_no_table_leaves_no_folder(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(Exception, match="expected"):
        drafted(tmp_path, "2020-01-05.csv", content)
    assert not (tmp_path / "case").exists()


def test_columns_that_no_total_proves_are_named_as_a_doubt(tmp_path: Path) -> None:
    draft = drafted(tmp_path, "2020-01-05.csv", "station,(1) Ann,(2) Bob\n1,4,3\n2,5,1\n")
    doubt = "no column is the sum of what was taken for votes: '(1) Ann', '(2) Bob'"
    assert doubt in draft.unsure
    assert "(1) Ann" in next(text for text in draft.guesses if text.startswith("contest"))


def test_returns_that_do_not_add_up_do_not_hide_what_a_column_is(tmp_path: Path) -> None:
    content = "precinct,extra,A,B,C,valid votes\n"
    for n in range(1, 13):
        content += f"{n},{n * 7},{100 + n},{50 * n},{n},{150 + 52 * n - 50 + (n % 3 == 0)}\n"
    draft = drafted(tmp_path, "2020-01-05.csv", content)
    assert set(votes(sums(read_case(tmp_path / "case")))) == {"a", "b", "c"}
    assert "the options add up to 'valid votes' in 8 of 12 rows" in draft.unsure


def test_a_note_at_the_foot_is_no_return(tmp_path: Path) -> None:
    content = "district,station,valid,a,b\nN,1,7,4,3\nN,2,5,4,1\n\nSource: the board\n"
    draft = drafted(tmp_path, "2020-01-05.csv", content)
    assert any("shorter than the header" in sentence for sentence in draft.unsure)
    assert read_case(tmp_path / "case").returns[0].frame.height == 2
