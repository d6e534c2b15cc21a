"""The commands and their options. Nothing heavy is imported here: `--help` answers at once.

`argparse` rather than a richer library: its import costs a tenth, and its help is translatable.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from recanvass import __version__
from recanvass.words import LANGUAGES, Say, say_in

__all__ = ["make_parser"]

_Add = Callable[[str, str, str], argparse.ArgumentParser]


class _Parser(argparse.ArgumentParser):
    """Tells wrong use in one line and exits with 2."""

    def error(self, message: str) -> NoReturn:
        """Print the message, where help is, and exit."""
        print(f"{self.prog}: {message} ({self.prog} --help)", file=sys.stderr)
        raise SystemExit(2)


def make_parser(language: str) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, with its help in `language`."""
    say = say_in(language)
    common = _common(language, say, top=False)
    parser = _Parser(
        prog="recanvass",
        parents=[_common(language, say, top=True)],
        description=say("An open results system for elections: every figure can be recomputed."),
        epilog=say("Name the ledger with --ledger or RECANVASS_LEDGER."),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"recanvass {__version__}",
        help=say("print the version and exit"),
    )
    commands = parser.add_subparsers(
        title=say("commands"), metavar=say("COMMAND"), dest="command", required=True
    )

    def add(name: str, module: str, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, parents=[common], help=text, description=text)
        command.set_defaults(module=module)
        return command

    _add_taking_in(add, say)
    _add_rehearsing(add, say)
    _add_keeping(add, say)
    _add_asking(add, say)
    _add_keys(add, say, common)
    return parser


def _common(language: str, say: Say, top: bool) -> _Parser:
    """Return the options that stand before or after the command."""
    common = _Parser(add_help=False)
    # After the command, an option that was not given must not undo one given before it.
    unset = argparse.SUPPRESS
    common.add_argument(
        "--ledger",
        metavar="URL",
        default=os.environ.get("RECANVASS_LEDGER", "sqlite:///recanvass.db") if top else unset,
        help=say(
            "the ledger: sqlite:///PATH, a path, postgresql://USER@HOST/DATABASE?schema=NAME, or a "
            "published log's folder or https:// address "
            "(default: recanvass.db)"
        ),
    )
    common.add_argument(
        "--lang",
        choices=LANGUAGES,
        default=language if top else unset,
        help=say("the language of the output"),
    )
    return common


def _add_taking_in(add: _Add, say: Say) -> None:
    demo = add(
        "demo", "demo", say("build the Istanbul 2019 record, tell its story and open its site")
    )
    demo.add_argument(
        "dir",
        metavar=say("folder"),
        nargs="?",
        default="istanbul-2019",
        help=say("folder to build it in"),
    )
    demo.add_argument(
        "--boxes",
        metavar=say("DIR"),
        help=say("folder of the box-level files (default: found by RECANVASS_CASES)"),
    )
    demo.add_argument(
        "--no-serve", action="store_true", help=say("do not serve the site, only try it")
    )
    new = add("new", "new", say("write a first case.toml for a file of returns"))
    new.add_argument("case", metavar=say("case"), help=say("folder to make"))
    new.add_argument("returns", metavar=say("file"), help=say("the file of returns (CSV)"))
    new.add_argument(
        "--date", metavar=say("YYYY-MM-DD"), help=say("the day of voting, if the file does not say")
    )
    load = add("load", "load", say("check a case and put it in the ledger, all or nothing"))
    load.add_argument(
        "case", metavar=say("case"), help=say("a case folder, or a .toml file of one")
    )
    load.add_argument("--data", metavar=say("DIR"), help=say("where the files of returns are"))
    _add_signing(add, say)
    _add_evidence(add, say)


def _add_signing(add: _Add, say: Say) -> None:
    sign = add("sign", "sign", say("sign a station's return, offline"))
    sign.add_argument(
        "file",
        metavar=say("RETURN"),
        help=say("a file with the return: JSON, or a note that others signed"),
    )
    sign.add_argument(
        "--key", metavar=say("FILE"), required=True, help=say("the file with your signing key")
    )
    sign.add_argument(
        "--out",
        metavar=say("FILE"),
        help=say("where the note goes (default: beside RETURN; a note grows where it lies)"),
    )
    take = add("take", "take", say("put returns that came as files in the ledger, all or none"))
    take.add_argument(
        "file", metavar=say("RETURN"), nargs="+", help=say("a signed note, or JSON, of one return")
    )


def _add_evidence(add: _Add, say: Say) -> None:
    attach = add("attach", "attach", say("attach a photo, PDF or text to an event as evidence"))
    attach.add_argument("event", metavar=say("EVENT"), help=say("the id of the event"))
    attach.add_argument("file", metavar=say("file"), help=say("the evidence"))
    attach.add_argument("--title", metavar=say("TEXT"), help=say("what it shows"))
    attach.add_argument(
        "--limit",
        type=int,
        default=20,
        metavar="MB",
        help=say("how large it may be, in millions of bytes (default: 20)"),
    )
    redact = add("redact", "redact", say("withdraw evidence: its content goes, its hash stays"))
    redact.add_argument("sha256", metavar="SHA256", help=say("the hash of the evidence"))
    redact.add_argument(
        "--because", metavar=say("TEXT"), required=True, help=say("the reason, which stays")
    )
    blob = add("blob", "blob", say("write evidence to a file"))
    blob.add_argument("sha256", metavar="SHA256", help=say("the hash of the evidence"))
    blob.add_argument("--out", metavar=say("FILE"), required=True, help=say("the file to write"))


def _add_rehearsing(add: _Add, say: Say) -> None:
    simulate = add("simulate", "simulate", say("make up an election with errors, as a case"))
    simulate.add_argument("dir", metavar="DIR", nargs="?", help=say("folder to make"))
    simulate.add_argument(
        "--kinds", action="store_true", help=say("list the kinds of error, and make nothing")
    )
    whole: dict[str, str] = {
        "stations": say("how many stations there are"),
        "seed": say("another election for each (default: 1)"),
        "options": say("how many options stand (default: 5)"),
        "contests": say("1, or 2 in the same envelope (default: 1)"),
        "registered": say("voters on the roll of a station, on average (default: 320)"),
        "hours": say("how long the night is (default: 8)"),
    }
    shares: dict[str, str] = {
        "turnout": say("share of the registered who vote (default: 0.8)"),
        "spread": say("how much strengths differ from place to place (default: 0.4)"),
        "late": say("share of stations that report up to 30 hours later (default: 0.02)"),
        "missing": say("share of stations that never report (default: 0.005)"),
        "errors": say("share of returns with an error, of any kind (default: 0.01)"),
        "corrections": say("share of errors that are corrected later (default: 0.5)"),
        "recounts": say("share of neighbourhoods that are counted again (default: 0.02)"),
        "observer": say("share of returns that an observer has a copy of (default: 0.2)"),
    }
    for name, text in whole.items():
        simulate.add_argument(f"--{name}", type=int, metavar="N", help=text)
    for name, text in shares.items():
        simulate.add_argument(f"--{name}", type=float, metavar=say("SHARE"), help=text)
    simulate.add_argument(
        "--error",
        action="append",
        metavar=say("KIND=SHARE"),
        help=say("a share of its own for a kind of error; may be given again"),
    )
    simulate.add_argument(
        "--form", choices=("short", "full"), help=say("four counts, or ballot papers too")
    )
    simulate.add_argument(
        "--tree",
        metavar="R,D,N",
        help=say("regions, districts in each, neighbourhoods in each (default: as needed)"),
    )
    simulate.add_argument("--date", metavar=say("YYYY-MM-DD"), help=say("the day of voting"))
    _add_replay(add, say)


def _add_replay(add: _Add, say: Say) -> None:
    replay = add("replay", "replay", say("feed a poll's returns into a new ledger, as by night"))
    _contest(replay, say)
    replay.add_argument("--poll", metavar=say("DATE"), help=say("the poll (default: the latest)"))
    replay.add_argument(
        "--to",
        metavar="URL",
        required=True,
        help=say("the ledger to feed: a new one, or one that the same replay began"),
    )
    replay.add_argument(
        "--speed", type=float, default=60.0, metavar="N", help=say("seconds of the night a second")
    )
    replay.add_argument(
        "--order",
        choices=("recorded", "random", "by-district", "small-first", "far-last"),
        help=say("default: as recorded, or at random where no times are recorded"),
    )
    replay.add_argument(
        "--seed", type=int, default=1, metavar="N", help=say("of an order that is made up")
    )
    replay.add_argument(
        "--hours",
        type=float,
        default=5.0,
        metavar="N",
        help=say("length of a night that is made up (default: 5)"),
    )
    replay.add_argument(
        "--tick",
        type=float,
        default=1.0,
        metavar="N",
        help=say("seconds from one batch to the next (default: 1)"),
    )


def _add_keeping(add: _Add, say: Say) -> None:
    copy = add("copy", "copy", say("copy a ledger to another store, and prove that both agree"))
    copy.add_argument(
        "source", metavar="FROM", help=say("the ledger, or the folder of a published log")
    )
    copy.add_argument("target", metavar="TO", help=say("where there is none yet"))
    backup = add("backup", "backup", say("write the ledger as it is now to one file"))
    backup.add_argument("file", metavar=say("FILE"), help=say("the file to make"))
    restore = add("restore", "restore", say("verify a backup, and make a ledger of it again"))
    restore.add_argument("file", metavar=say("FILE"), help=say("the backup"))
    restore.add_argument("target", metavar="TO", help=say("where there is none yet"))
    restore.add_argument(
        "--key", metavar="VKEY", help=say("the verifier key that you trust (text or a file)")
    )


def _add_asking(add: _Add, say: Say) -> None:
    results = add("results", "results", say("totals, shares, margin, turnout, progress, status"))
    _contest(results, say)
    _poll(results, say)
    results.add_argument(
        "--by", metavar=say("LEVEL"), help=say("a level of the tree (district …), station or kind")
    )
    _moment(results, say)
    checks = add("checks", "checks", say("the rules that returns break"))
    _contest(checks, say)
    _poll(checks, say)
    checks.add_argument("--code", action="append", metavar=say("CODE"), help=say("only this rule"))
    checks.add_argument(
        "--summary", action="store_true", help=say("only how often each rule is broken")
    )
    checks.add_argument(
        "--limit", type=int, default=40, metavar="N", help=say("rows to print (0: all)")
    )
    checks.add_argument(
        "--strict", action="store_true", help=say("exit with 1 if a rule of severity error is")
    )
    _moment(checks, say)
    station = add("station", "station", say("one station with everything it ever reported"))
    station.add_argument(
        "station",
        metavar=say("station"),
        help=say("its id, such as istanbul/adalar/burgazada-mah/1"),
    )
    _moment(station, say)
    compare = add("compare", "compare", say("what changed between two polls"))
    _contest(compare, say)
    compare.add_argument("before", metavar=say("DATE_A"), help=say("the earlier poll"))
    compare.add_argument("after", metavar=say("DATE_B"), help=say("the later poll"))
    compare.add_argument("--by", metavar=say("LEVEL"), help=say("a level of the tree, or station"))
    _moment(compare, say)
    sources = add("sources", "sources", say("official returns against other sources"))
    _contest(sources, say)
    _poll(sources, say)
    _moment(sources, say)
    docket = add("docket", "docket", say("objections, decisions, orders and what they did"))
    _contest(docket, say)
    _moment(docket, say)
    _add_whatif(add, say)
    timeline = add("timeline", "timeline", say("what happened when"))
    timeline.add_argument(
        "contest", metavar=say("contest"), nargs="?", help=say("the contest (default: all)")
    )
    timeline.add_argument(
        "--kind", metavar=say("KIND"), help=say("only one kind, report.received …")
    )
    _moment(timeline, say)
    office = add("office", "office", say("who held an office, or who controls what"))
    office.add_argument(
        "office", metavar=say("office"), nargs="?", help=say("the office's id (default: all)")
    )
    office.add_argument(
        "--party", metavar=say("PARTY"), help=say("what this party holds, or how long it held it")
    )
    _moment(office, say)
    seats = add("seats", "seats", say("an office's seats by its rule, beside those declared"))
    seats.add_argument("office", metavar=say("office"), help=say("the office's id"))
    _poll(seats, say)
    seats.add_argument("--steps", action="store_true", help=say("show every step"))
    _moment(seats, say)
    claims = add("claims", "claims", say("what others published, and whether it is true"))
    claims.add_argument(
        "claim", metavar=say("claim"), nargs="?", help=say("one claim's id, for all about it")
    )
    _moment(claims, say)
    _add_proving(add, say)


def _add_proving(add: _Add, say: Say) -> None:
    publish = add("publish", "publish", say("write the record as files that anybody can check"))
    publish.add_argument(
        "out",
        metavar="OUT",
        help=say("folder to write to: the log under OUT/log, totals under OUT/results"),
    )
    publish.add_argument(
        "--keep",
        type=int,
        default=10,
        metavar="N",
        help=say("keep the totals of the newest N sizes (default: 10; 0: of all)"),
    )
    _policy(publish, say("ask the witnesses of this policy first; too few, and nothing is written"))
    _add_serve(add, say)
    prove = add("prove", "prove", say("write a proof file for each return of a station"))
    prove.add_argument("station", metavar=say("station"), help=say("the station's id"))
    prove.add_argument(
        "--out", metavar=say("DIR"), default=".", help=say("folder to write to (default: here)")
    )
    prove.add_argument(
        "--qr",
        action="store_true",
        help=say("write a page to print beside each: its figures, and the proof as a QR code"),
    )
    verify = add("verify", "verify", say("recompute everything: entries, tree, keys, totals"))
    verify.add_argument(
        "proof",
        metavar="PROOF",
        nargs="?",
        help=say("a proof file to check with nothing but --key (default: verify the ledger)"),
    )
    verify.add_argument(
        "--entry", metavar=say("FILE"), help=say("the entry that PROOF is of, if it has none")
    )
    verify.add_argument(
        "--signer",
        action="append",
        default=[],
        metavar="VKEY",
        help=say("with PROOF: the key of an officer or agent whose signature to check"),
    )
    published = verify.add_mutually_exclusive_group()
    published.add_argument(
        "--dir", metavar="DIR", help=say("verify the published log in this folder, OUT/log")
    )
    published.add_argument(
        "--url", metavar="URL", help=say("verify the log published there: https://host/log")
    )
    verify.add_argument(
        "--key", metavar="VKEY", help=say("the verifier key that you trust (text or a file)")
    )
    _policy(verify, say("the policy that says whose signatures you trust, in place of --key"))
    verify.add_argument(
        "--checkpoint",
        metavar=say("FILE"),
        help=say(
            "a checkpoint saved earlier, or another reader's: is it our past? With --dir or --url "
            "only entries that came since are checked, and the new one is saved in its place"
        ),
    )
    verify.add_argument(
        "--station", metavar=say("STATION"), help=say("prove this station's returns")
    )


def _add_serve(add: _Add, say: Say) -> None:
    serve = add(
        "serve", "serve", say("serve the site, the log and its totals over HTTP, as they grow")
    )
    serve.add_argument(
        "--host",
        metavar=say("ADDRESS"),
        default="127.0.0.1",
        help=say("address to listen on (default: 127.0.0.1; 0.0.0.0: all)"),
    )
    serve.add_argument(
        "--port", type=int, metavar="N", default=8000, help=say("port to listen on (default: 8000)")
    )
    serve.add_argument(
        "--workers", type=int, metavar="N", default=1, help=say("processes (default: 1)")
    )


def _add_keys(add: _Add, say: Say, common: argparse.ArgumentParser) -> None:
    key = add("key", "key", say("make a signing key, show those published, change who signs"))
    actions = key.add_subparsers(metavar=say("ACTION"), dest="action", required=True)

    def act(name: str, text: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, parents=[common], help=text, description=text)

    new = act("new", say("make a key and write it to a file for its owner's eyes only"))
    new.add_argument(
        "name", metavar=say("NAME"), help=say("its name; for a log, the origin of the ledger")
    )
    new.add_argument("--out", metavar=say("FILE"), help=say("where to (default: NAME.key)"))
    new.add_argument("--witness", action="store_true", help=say("make it the key of a witness"))
    show = act(
        "show", say("the verifier keys of the ledger and when they sign, or those of a file")
    )
    show.add_argument("file", metavar=say("FILE"), nargs="?", help=say("a file of signing keys"))
    show.add_argument(
        "--format", choices=("table", "json", "csv"), default="table", help=say("how to print it")
    )
    begin = act("add", say("let one more key sign the checkpoints, beside those that do"))
    begin.add_argument(
        "file", metavar=say("FILE"), nargs="?", help=say("its key file (default: a new key)")
    )
    end = act("retire", say("let a key sign no more"))
    end.add_argument("key", metavar="VKEY", help=say("the verifier key, or its key id"))
    _add_witnessing(add, say)


def _add_witnessing(add: _Add, say: Say) -> None:
    cosign = add("cosign", "cosign", say("ask witnesses to sign the ledger's last checkpoint"))
    _policy(cosign, say("the policy that names them, with their URLs"), required=True)
    witness = add("witness", "witness", say("be a witness: cosign logs that only grow"))
    witness.add_argument(
        "--key", metavar=say("FILE"), required=True, help=say("the witness's own key file")
    )
    witness.add_argument(
        "--state",
        metavar=say("FILE"),
        required=True,
        help=say("where it remembers what it signed; made if need be, never to be lost"),
    )
    witness.add_argument(
        "--log",
        metavar="VKEY",
        action="append",
        required=True,
        help=say("verifier key of a log (text or a file); may be given again"),
    )
    witness.add_argument("--host", default="127.0.0.1", help=say("address to listen on"))
    witness.add_argument("--port", type=int, default=8480, help=say("port to listen on"))


def _add_whatif(add: _Add, say: Say) -> None:
    whatif = add("whatif", "whatif", say("could challenged stations change the outcome?"))
    _contest(whatif, say)
    whatif.add_argument("--poll", metavar=say("DATE"), help=say("the poll (default: the latest)"))
    chosen = whatif.add_mutually_exclusive_group(required=True)
    chosen.add_argument(
        "--stations",
        metavar=say("FILE"),
        help=say("the challenged stations: an id a line, or CSV with a column station"),
    )
    chosen.add_argument(
        "--where",
        metavar=say("CONDITION"),
        help=say("those with, in SQL: station_kind = 'prison', unit_district = 'istanbul/maltepe'"),
    )
    whatif.add_argument(
        "--tainted",
        metavar=say("N|SHARE"),
        help=say("how many of their valid ballots are tainted: 2000, or a share of them: 0.05"),
    )
    _moment(whatif, say)


def _policy(command: argparse.ArgumentParser, text: str, required: bool = False) -> None:
    command.add_argument("--policy", metavar="FILE", help=text, required=required)


def _contest(command: argparse.ArgumentParser, say: Say) -> None:
    command.add_argument("contest", metavar=say("contest"), help=say("the contest's id"))


def _poll(command: argparse.ArgumentParser, say: Say) -> None:
    command.add_argument("--poll", metavar=say("DATE"), help=say("the poll (default: what stands)"))


def _moment(command: argparse.ArgumentParser, say: Say) -> None:
    command.add_argument(
        "--as-of", metavar="T", help=say("what had happened by then: 2019-04-01T09:10+03:00")
    )
    command.add_argument("--size", type=int, metavar="N", help=say("what the ledger held at N"))
    command.add_argument(
        "--format", choices=("table", "json", "csv"), default="table", help=say("how to print it")
    )
