"""What the peers share: answers "FILE<tab>FILE" with "similarity<tab>milliseconds of CPU", a line each."""

import sys
import time


def serve(compare) -> None:
    for line in sys.stdin:
        a, b = line.rstrip("\n").split("\t")
        started = time.process_time()
        similarity = compare(a, b)
        spent = time.process_time() - started
        print(f"{similarity:.6f}\t{1000 * spent:.4f}", flush=True)
