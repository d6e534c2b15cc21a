"""Runs one command; prints as JSON how long it took, the most memory it held, and its output.

`python -m benchmarks.child COMMAND …`. It stands between because on Linux a process begins with the
peak memory of the one that started it: this one is small, the benchmarks are not.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

if __name__ == "__main__":
    start = time.perf_counter()
    finished = subprocess.run(sys.argv[1:], capture_output=True, text=True, check=False)
    taken = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 if sys.platform == "darwin" else 1024
    answer = {
        "seconds": taken,
        "cpu_seconds": used.ru_utime + used.ru_stime,
        "peak_bytes": used.ru_maxrss * unit,
        "status": finished.returncode,
        "output": finished.stdout,
        "errors": finished.stderr,
    }
    print(json.dumps(answer))
