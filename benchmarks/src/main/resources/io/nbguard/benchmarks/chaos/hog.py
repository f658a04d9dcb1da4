"""What a notebook's cell does to memory, in Python: joins the observer, waits for its go, and fills.

usage: hog.py SOCKET NAME h|b RATE_MB_PER_S CAP_MIB        RATE 0: as fast as it goes

Ends when the observer's connection does, and in any case after two minutes (see hog.c).
"""
import os
import signal
import socket
import sys
import threading
import time

MIB = 1 << 20
PIECE = 4 * MIB


def watch(connection, go):
    while connection.recv(1):
        go.set()
    os._exit(0)


def join(path, name, role):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    connection.connect(path)
    connection.send(f"{name} {role}\n".encode())
    go = threading.Event()
    threading.Thread(target=watch, args=(connection, go), daemon=True).start()
    return connection, go


def fill(rate, cap):
    blocks, begun = [], time.monotonic()
    while len(blocks) * PIECE < cap:
        blocks.append(b"x" * PIECE)
        ahead = len(blocks) * PIECE / rate - (time.monotonic() - begun) if rate else 0
        if ahead > 1e-4:
            time.sleep(ahead)
    return blocks


def main(path, name, role, rate, cap):
    signal.alarm(120)
    connection, go = join(path, name, role)
    go.wait()
    held = fill(float(rate) * 1e6, int(cap) * MIB)
    connection.send(b"d")
    signal.pause()
    del held


if __name__ == "__main__":
    main(*sys.argv[1:])
