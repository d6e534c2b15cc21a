"""A drafted case as the text of a `case.toml`, each guess with what it was made from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from recanvass.exchange.draft.contests import DraftContest, LongColumns
from recanvass.exchange.draft.guess import Day, Guess
from recanvass.model import slug

__all__ = ["case_text"]

_BARE = re.compile(r"^[A-Za-z0-9_-]+$")


def case_text(guess: Guess) -> str:
    """Return the text of the case file."""
    blocks = [_head(guess), *_parties(guess), _source_and_units(guess)]
    for contest in guess.contests:
        blocks.append(_office(guess, contest))
        blocks += [_poll(guess, contest, day) for day in guess.days]
        blocks += [_returns(guess, contest, day) for day in guess.days]
    return "\n\n".join(blocks) + "\n"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _key(value: str) -> str:
    return value if _BARE.match(value) else _text(value)


def _list(values: Iterable[str]) -> str:
    return "[" + ", ".join(_text(value) for value in values) + "]"


def _pairs(pairs: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_key(k)} = {_text(v)}" for k, v in pairs.items()) + " }"


def _comment(text: str) -> str:
    return "# " + " ".join(text.split())


def _head(guess: Guess) -> str:
    lines = [f"# Drafted from {guess.file}. Each comment says what a guess was made from."]
    lines += [_comment(f"unsure: {text}") for text in guess.unsure]
    lines += ["", "[case]", f"id = {_text(guess.id)}", f"name = {_text(guess.name)}"]
    return "\n".join(lines)


def _parties(guess: Guess) -> list[str]:
    return [
        f"[[parties]]\nid = {_text(identifier)}\nname = {_text(name)}"
        for identifier, name in guess.parties.items()
    ]


def _source_and_units(guess: Guess) -> str:
    return "\n".join([
        "[[sources]]",
        'id = "board"',
        'name = "Electoral board"  # assumed: the file is the official count',
        "official = true",
        "",
        "[[units.top]]  # what the office belongs to",
        f"id = {_text(guess.top)}",
        f"name = {_text(guess.name)}",
    ])  # fmt: skip


def _office(guess: Guess, contest: DraftContest) -> str:
    lines = [
        "[[offices]]",
        f"id = {_text(contest.id)}",
        f"name = {_text(contest.name)}",
        f"unit = {_text(guess.top)}",
        "",
        "[[contests]]",
        f"id = {_text(contest.id)}",
        f"office = {_text(contest.id)}",
        f"name = {_text(contest.name)}",
    ]
    return "\n".join(lines)


_ASSUMED_DAY = (
    "The day of voting was not in the file: the date of this poll is that of the file itself."
)


def _poll(guess: Guess, contest: DraftContest, day: Day) -> str:
    asks = _asks(guess, contest)
    lines = [
        "[[polls]]",
        f"contest = {_text(contest.id)}",
        f"date = {_text(day.date)}  {_comment(day.seen)}",
        *([f"note = {_text(_ASSUMED_DAY)}"] if day.assumed else []),
        f"asks = {_list(asks)}",
        *([f"units = {_list([_unit(guess, contest)])}"] if contest.units else []),
    ]
    derived = [name for name in asks if name in guess.derived]
    if derived:
        lines.append(f"derived = {_list(derived)}  # computed, not in the file")
    once = {option.id: option for option in reversed(contest.options)}
    for option in (o for o in contest.options if once[o.id] is o):
        lines += ["", "  [[polls.options]]", f"  id = {_text(option.id)}"]
        lines.append(f"  name = {_text(option.name)}")
        if option.residual:
            lines.append("  residual = true")
        if option.party:
            party = next(key for key, name in guess.parties.items() if name == option.party)
            lines.append(f"  parties = {_list([party])}")
    return "\n".join(lines)


def _unit(guess: Guess, contest: DraftContest) -> str:
    return "/".join([guess.top, *map(slug, contest.units)])


def _asks(guess: Guess, contest: DraftContest) -> list[str]:
    names = [*_counts(guess, contest), *contest.counts.values(), *guess.count_offices.values()]
    return list(dict.fromkeys(names))


def _counts(guess: Guess, contest: DraftContest) -> dict[str, str]:
    return guess.counts if contest.formulas is None else contest.formulas


def _returns(guess: Guess, contest: DraftContest, day: Day) -> str:
    at = f"{day.date}T23:59:59+00:00"
    where = contest.where | day.where
    lines = [
        "[[returns]]",
        f"contest = {_text(contest.id)}",
        f"poll = {_text(day.date)}",
        f"at = {_text(at)}  # assumed: the end of that day, UTC; write the real time",
    ]
    if guess.long is None or not guess.count_offices:
        lines += _file(guess, guess.skip) + _where(where)
        lines += _station(guess, "returns") + _figures(guess, contest, "returns")
        return "\n".join(lines)
    lines += _station(guess, "returns")
    lines += ["", "[[returns.parts]]", *_file(guess, guess.skip), *_where(where)]
    lines += _figures(guess, contest, "returns.parts")
    for office, count in guess.count_offices.items():
        lines += ["", f"[[returns.parts]]  # rows of the office {_text(office)}"]
        lines += _file(guess, [s for s in guess.skip if s[0] not in guess.long.option])
        lines += _where({guess.long.office[0]: office} | day.where)
        lines += ["new_stations = false", "", "  [returns.parts.long]"]
        lines += _long_lines(
            guess.long, {office: count}, add_rows=True, option=guess.long.office[:1]
        )
    return "\n".join(lines)


def _file(guess: Guess, skip: list[tuple[str, list[str]]]) -> list[str]:
    lines = [f"files = [{_text('returns/' + guess.file)}]", *_form(guess)]
    if guess.fill:
        lines.append(f"fill = {_list(guess.fill)}  # merged cells")
    if guess.groups:
        own = ", ".join(f"{_key(name)} = {_list(cols)}" for name, cols in guess.groups.items())
        lines.append(f"groups = {{ {own} }}  # columns that come again for each option")
    if skip:
        tests = ", ".join(
            f"{{ column = {_text(column)}, "
            + (f"equals = {_list(values)} }}" if values else "blank = true }")
            for column, values in skip
        )
        lines.append(f"skip = [{tests}]  # rows that are totals or notes")
    return lines


def _form(guess: Guess) -> list[str]:
    """Return the lines that say how the file is written."""
    lines: list[str] = []
    form = guess.form
    for name, default in (("encoding", "utf-8"), ("separator", ","), ("thousands", "")):
        value = getattr(form, name)
        if value != default:
            lines.append(f"{name} = {_text(value)}  # {guess.said[name]}")
    if form.missing:
        lines.append(f"missing = {_list(form.missing)}  # seen where a figure should be")
    if form.skip_lines:
        lines.append(f"skip_lines = {form.skip_lines}  # lines above the header")
    if form.header_lines != 1:
        lines.append(f"header_lines = {form.header_lines}")
    if form.header:
        lines.append(f"header = {_list(form.header)}  # {guess.said['header']}")
    if form.short_lines:
        lines.append("short_lines = true  # lines end where their last option does")
    return lines


def _where(where: Mapping[str, str]) -> list[str]:
    return [f"where = {_pairs(where)}"] if where else []


def _station(guess: Guess, table: str) -> list[str]:
    places = guess.places
    lines = ["", f"  [{table}.station]"]
    if places.levels:
        lines.append(f"  levels = {_list(level for level, _ in places.levels)}")
        lines.append(f"  path = {_list(column for _, column in places.levels)}")
    own = _text(places.station[0]) if len(places.station) == 1 else _list(places.station)
    lines += [f"  id = {own}", f"  under = {_text(guess.top)}"]
    if places.name is not None:
        lines.append(f"  name = {_text(places.name)}")
    return lines


def _figures(guess: Guess, contest: DraftContest, table: str) -> list[str]:
    lines: list[str] = []
    counts = _counts(guess, contest)
    if counts:
        lines += ["", f"  [{table}.counts]"]
        lines += [_comment(text).replace("# ", "  # ", 1) for text in guess.seen]
        lines += [f"  {_key(name)} = {_text(text)}" for name, text in counts.items()]
    if guess.long is not None:
        labels = {option.column: option.id for option in contest.options}
        lines += ["", f"  [{table}.long]"]
        lines += _long_lines(guess.long, contest.counts, add_rows=guess.add_rows)
        return [*lines, f"  options = {_pairs(labels)}"]
    lines += ["", f"  [{table}.votes]"]
    lines += [f"  {_key(option.id)} = {_text(option.column)}" for option in contest.options]
    return lines


def _long_lines(
    long: LongColumns, counts: Mapping[str, str], *, add_rows: bool, option: tuple[str, ...] = ()
) -> list[str]:
    named = option or long.option
    shown = _text(named[0]) if len(named) == 1 else _list(named)
    votes = long.votes[0] if len(long.votes) == 1 else " + ".join(f"`{v}`" for v in long.votes)
    lines = [f"  option = {shown}", f"  votes = {_text(votes)}"]
    if counts:
        lines.append(f"  counts = {_pairs(counts)}")
    if add_rows:
        lines.append("  add_rows = true")
    return lines
