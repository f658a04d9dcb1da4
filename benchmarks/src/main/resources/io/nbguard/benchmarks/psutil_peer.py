"""Measures the trees with psutil, as monitors written in Python do. Same protocol as reader.c:

roots P...                 -> "ok"
run sum TICKS PAUSE        per tree, sum(p.memory_info().rss for p in [root] + root.children(recursive=True))
run known TICKS PAUSE      memory_info and cpu_times of Process objects that were found before
"""

import sys
import time

import psutil

roots = []
known = []


def tick_sum():
    rss = 0
    for root in roots:
        rss += sum(p.memory_info().rss for p in [root] + root.children(recursive=True))
    return rss, 0


def tick_known():
    rss = 0
    cpu = 0.0
    for process in known:
        rss += process.memory_info().rss
        times = process.cpu_times()
        cpu += times.user + times.system
    return rss, int(cpu * 1e9)


WORK = {"sum": tick_sum, "known": tick_known}


def run(tick, ticks, pause_micros):
    walls = []
    rss = cpu = 0
    cpu_before = time.thread_time_ns()
    begin = time.monotonic_ns()
    for _ in range(ticks):
        if pause_micros:
            time.sleep(pause_micros / 1e6)
        before = time.monotonic_ns()
        rss, cpu = tick()
        walls.append(time.monotonic_ns() - before)
    elapsed = time.monotonic_ns() - begin
    own_cpu = time.thread_time_ns() - cpu_before
    print(rss, cpu, own_cpu, elapsed, *walls, flush=True)


for line in sys.stdin:
    words = line.split()
    if words[0] == "roots":
        roots = [psutil.Process(int(pid)) for pid in words[1:]]
        known = [p for root in roots for p in [root] + root.children(recursive=True)]
        print("ok", flush=True)
    elif words[0] == "run":
        run(WORK[words[1]], int(words[2]), int(words[3]))
    else:
        sys.exit("psutil_peer: unknown: " + line)
