"""Writes who a process is into a file, so that its death can be proved.

    python footprint.py FILE      does so, and stays
"""

import os
import sys
import time


def leave(path):
    with open("/proc/self/stat", "rb") as stat:
        start = stat.read().rpartition(b")")[2].split()[19].decode()
    with open(path + ".part", "w") as out:
        out.write("%d %s" % (os.getpid(), start))
    os.rename(path + ".part", path)


def await_files(*paths):
    while not all(os.path.exists(path) for path in paths):
        time.sleep(0.02)


if __name__ == "__main__":
    leave(sys.argv[1])
    time.sleep(900)
