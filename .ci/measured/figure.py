"""How a figure is printed, and how a command is timed."""

import statistics
import subprocess
import time

missed = []


def say(name, measured, promise, met):
    print(f"{'met   ' if met else 'MISSED'}  {name}: {measured} (promised: {promise})", flush=True)
    if not met:
        missed.append(name)


def skipped(name, why):
    print(f"skipped {name}: {why}", flush=True)


def run(command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, **options)


def seconds(command, runs, **options):
    """The median wall time of several runs, after one that warms the caches."""
    run(command, **options)
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        run(command, **options)
        times.append(time.perf_counter() - started)
    return statistics.median(times)
