"""Run the README's tour and put what the commands print below them.

Keys and hashes differ in every ledger, so `…` stands for them; the test compares the rest.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECRETS = re.compile(r"(?<=root )[0-9a-f]{64}|(?<=\+)[0-9a-f]{8}\+[A-Za-z0-9+/=]{40,}")


def commands(block: str) -> list[tuple[str, str]]:
    """Return each command of a block with the output that stands below it."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(c, shown) for c, _, shown in (part.partition("\n") for part in parts)]


def run(command: str, folder: Path) -> str:
    """Return what a command prints in a folder, in English, with nothing kept between commands."""
    words = shlex.split(command)
    if words[0] == "recanvass":
        words = [sys.executable, "-m", *words]
    given = {k: v for k, v in os.environ.items() if not k.startswith("RECANVASS_")}
    environment = given | {"RECANVASS_LANG": "en", "RECANVASS_CACHE": "off"}
    done = subprocess.run(  # noqa: S603 - the project's own README
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"$ {command}\n{done.stderr}")
    return done.stdout


def toured(text: str, folder: Path) -> str:
    """Return the README with every output of the tour as the commands print it now."""

    def anew(block: re.Match[str]) -> str:
        shown = []
        for command, output in commands(block[1]):
            if command.startswith("cat "):
                (folder / command.removeprefix("cat ")).write_text(output, encoding="utf-8")
            lines = SECRETS.sub("…", run(command, folder)).splitlines()
            shown.append("\n".join([f"$ {command}", *(line.rstrip() for line in lines)]))
        return "```console\n" + "\n".join(shown) + "\n```"

    return BLOCK.sub(anew, text)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        README.write_text(toured(README.read_text(encoding="utf-8"), Path(place)), encoding="utf-8")
