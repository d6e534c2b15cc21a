"""A result put together from several polls: each station's figures from the poll that stands there.

A re-run in some stations replaces what was annulled there and leaves the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import polars as pl

from recanvass.canvass.entry_columns import VOTES
from recanvass.canvass.ground import Ground
from recanvass.canvass.places import UNIT
from recanvass.model import Option, PollDefined

__all__ = ["POLL", "compose", "composed_poll", "reruns_of"]

POLL = "poll"
"""Column of a composite ground: which poll a station's figures come from."""


def reruns_of(base: PollDefined, polls: Sequence[PollDefined]) -> list[PollDefined]:
    """Return the re-runs of a poll, and re-runs of those, by date."""
    chain = {base.poll}
    found: list[PollDefined] = []
    for poll in sorted(polls, key=lambda p: (p.date, p.poll)):
        if poll.type == "rerun" and poll.of in chain:
            chain.add(poll.poll)
            found.append(poll)
    return found


def composed_poll(base: PollDefined, reruns: Sequence[PollDefined]) -> PollDefined:
    """Return the definition that a composite result is shown under.

    It is the last poll's, with the options of all: those of the first keep their order. If one of
    them is simulated, the whole is.
    """
    options: dict[str, Option] = {}
    for poll in (base, *reruns):
        options.update({o.id: o for o in poll.options})
    last = reruns[-1] if reruns else base
    simulated = next((p.simulated for p in (last, base, *reruns) if p.simulated), None)
    return msgspec.structs.replace(last, options=tuple(options.values()), simulated=simulated)


def compose(parts: Sequence[tuple[PollDefined, Ground]]) -> Ground:
    """Return one ground from those of several polls, the base first, then the re-runs by date.

    A station is taken from the last poll that is held there, also when it has not reported yet:
    what was annulled does not come back because its re-run is late. A re-run in some units takes
    the place of all stations there, one without units of all there are, also where stations were
    redrawn in between. `frame` has a column `poll`.
    """
    frame = parts[0][1].frame.with_columns(pl.lit(parts[0][0].poll).alias(POLL))
    for poll, ground in parts[1:]:
        kept = frame.filter(~_held_in(poll, frame)).join(
            ground.frame.select("station"), on="station", how="anti"
        )
        newer = ground.frame.with_columns(pl.lit(poll.poll).alias(POLL))
        frame = pl.concat([_plain(kept), _plain(newer)], how="diagonal")
    grounds = [g for _, g in parts]
    counts = tuple(dict.fromkeys(c for g in grounds for c in g.counts))
    options = tuple(dict.fromkeys(o for g in grounds for o in g.options))
    levels = max((g.levels for g in grounds), key=len)
    reported = frame["seq"].count()
    held = frame.select(pl.col(c).count() for c in (*counts, *(VOTES + o for o in options)))
    return Ground(
        frame=frame.with_columns(
            pl.col(UNIT + level).cast(pl.Categorical) for level in levels
        ).sort("position"),
        counts=counts,
        options=options,
        levels=levels,
        gaps=tuple(c for c in held.columns if held[c].item() < reported),
    )


def _held_in(poll: PollDefined, frame: pl.DataFrame) -> pl.Expr:
    """Return whether each station lies where a poll is held."""
    if not poll.units:
        return pl.lit(True)
    columns = [c for c in frame.columns if c.startswith(UNIT)]
    return pl.any_horizontal(
        pl.col(c).cast(pl.String).is_in(list(poll.units)).fill_null(False)
        for c in ("station", *columns)
    )


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a ground's frame with unit columns as text, to be joined with another's."""
    units = [c for c in frame.columns if c.startswith(UNIT)]
    return frame.with_columns(pl.col(c).cast(pl.String) for c in [*units, "station_kind"])
