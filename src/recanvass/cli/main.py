"""Entry point: words in, one command run, an exit status out.

0: done. 1: the answer is no (a verification failed). 2: wrong use or bad input, told in one line.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from recanvass.cli.parser import make_parser
from recanvass.errors import BadProof, LedgerDamaged, RecanvassError, one_line
from recanvass.words import LANGUAGES, parser_speaks, preferred_language, say_in

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    language = _language(words)
    with parser_speaks(language):
        args = make_parser(language).parse_args(words)
    try:
        status: int = import_module(f"recanvass.cli.{args.module}").run(args)
        sys.stdout.flush()
    except (BadProof, LedgerDamaged) as error:
        # A proof that fails is an answer to `verify`; to any other question it is no answer.
        return _refuse(str(error), args.lang, 1 if args.command == "verify" else 2)
    except RecanvassError as error:
        return _refuse(str(error), args.lang, 2)
    except BrokenPipeError:
        # The reader of our output (`| head`) has had enough; that is not an error of ours.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return _refuse(_os_error(error), args.lang, 2)
    except KeyboardInterrupt:
        return _refuse(say_in(args.lang)("stopped; nothing half-written"), args.lang, 130)
    return status


def _language(words: Sequence[str]) -> str:
    """Return the language asked for, before the words are parsed: errors are translated too."""
    for flag, value in zip(words, [*words[1:], ""], strict=True):
        asked = value if flag == "--lang" else flag.removeprefix("--lang=")
        if flag.startswith("--lang") and asked in LANGUAGES:
            return asked
    return preferred_language()


def _os_error(error: OSError) -> str:
    name = f"{error.filename}: " if error.filename else ""
    return f"{name}{error.strerror or error}"


def _refuse(message: str, language: str, status: int) -> int:
    print(f"recanvass: {say_in(language)('error')}: {one_line(message)}", file=sys.stderr)
    return status
