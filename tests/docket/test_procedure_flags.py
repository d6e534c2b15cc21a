"""What the procedure does not allow is recorded, and flagged with the rule."""

from __future__ import annotations

from typing import Any

from made_up_law import decided, filed, order

from recanvass.docket.procedure import FLAGS, flags
from recanvass.model import AnyEvent, Deadline, Order, ProcedureDefined, Step

IN_TIME, LATE = "2024-05-06T09:00:00+03:00", "2024-05-08T09:00:00+03:00"
UNTIL = Deadline(at="2024-05-07T15:00:00+03:00", rule="art. 1")


def procedure(poll: str | None = "2024-05-05", **step: Any) -> ProcedureDefined:
    fields: dict[str, Any] = {"id": "first", "name": "First", "to": ("court",), "rule": "art. 9"}
    return ProcedureDefined(
        id="procedure",
        contest="mayor",
        poll=poll,
        steps=(Step(**(fields | step)),),
        actors={"walker": "passer-by"},
        own_motion=("commission",),
    )


def codes(*events: AnyEvent, **step: Any) -> list[str]:
    return [f.code for f in flags(events, [procedure(**step)], ["green"])]


def test_what_is_filed_in_time_by_the_right_one_at_the_right_body_is_not_flagged() -> None:
    assert codes(filed("o", IN_TIME, step="first"), until=(UNTIL,), by=("party",)) == []


def test_what_is_filed_late_is_flagged_with_the_rule_of_the_deadline() -> None:
    found = flags([filed("o", LATE, step="first")], [procedure(until=(UNTIL,))], ["green"])
    assert [(f.code, f.event, f.rule) for f in found] == [("late", "o", "art. 1")]
    assert UNTIL.at in found[0].text("en")


def test_a_disputed_clock_keeps_both_readings() -> None:
    later = Deadline(at="2024-05-20T15:00:00+03:00", per="others")
    assert codes(filed("o", LATE, step="first"), until=(UNTIL, later)) == ["late by one reading"]
    answer = decided("d", LATE, order("reject"), on=("o",))
    found = codes(filed("o", IN_TIME, step="first"), answer, decide_by=(UNTIL, later))
    assert found == ["decided late by one reading"]


def test_a_day_known_only_as_a_day_is_late_only_on_a_later_day() -> None:
    same_day = filed("o", "2024-05-07T23:00:00+03:00", step="first", precision="day")
    assert codes(same_day, until=(UNTIL,)) == []
    next_day = filed("o", LATE, step="first", precision="day")
    assert codes(next_day, until=(UNTIL,)) == ["late"]


def test_the_wrong_body_and_no_standing_are_flagged() -> None:
    wrong = filed("o", IN_TIME, step="first", to="palace", by="walker")
    assert codes(wrong, by=("party",)) == ["wrong body", "no standing"]


def test_a_remedy_that_the_step_does_not_give_is_flagged() -> None:
    asked = filed("o", IN_TIME, order("annul"), step="first")
    assert codes(asked, asks=("correct",)) == ["not a remedy of this step"]


def test_a_body_that_orders_more_than_was_asked_is_flagged() -> None:
    asked = filed("o", IN_TIME, order("recount-invalid"), step="first")
    assert codes(asked, decided("d", LATE, order("annul"), on=("o",))) == ["beyond what was asked"]
    elsewhere = order("recount-invalid", contests=("council",))
    assert codes(asked, decided("d", LATE, elsewhere, on=("o",))) == ["beyond what was asked"]


def test_what_a_request_brings_with_it_is_not_beyond_it() -> None:
    asked = filed("o", IN_TIME, order("annul"), step="first")
    granted = decided("d", LATE, order("annul"), order("rerun"), Order(type="prosecute"), on=("o",))
    assert codes(asked, granted) == []


def test_only_some_bodies_may_decide_without_being_asked() -> None:
    assert codes(decided("d", LATE, order("annul"))) == ["own motion"]
    assert codes(decided("d", LATE, order("annul"), body="commission")) == []
    assert codes(decided("d", LATE, order("inquire"))) == []


def test_a_procedure_of_another_poll_says_nothing() -> None:
    late = filed("o", LATE, step="first")
    assert codes(late, until=(UNTIL,), poll="2024-06-02") == []
    assert codes(late, until=(UNTIL,), poll=None) == ["late"]


def test_every_flag_has_its_sentence_in_both_languages() -> None:
    assert all(set(sentences) == {"en", "tr"} for sentences in FLAGS.values())
