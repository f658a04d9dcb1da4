"""Leaves processes behind in every way that hides them from who only looks at parents, sessions or environments."""

import os
import signal
import subprocess
import sys

import footprint

FOOTPRINT = os.path.abspath(footprint.__file__)
NAMES = ("child", "session", "deaf", "daemon", "cleared")


def path_of(name):
    return os.path.abspath(name + ".process")


def daemon(name, environment):
    """Forks twice, leaves its session, its folder and its descriptors, as daemons do."""
    child = os.fork()
    if child == 0:
        os.setsid()
        path = path_of(name)
        if os.fork() == 0:
            os.chdir("/")
            os.closerange(0, 256)
            os.execve(sys.executable, [sys.executable, FOOTPRINT, path], environment)
        os._exit(0)
    os.waitpid(child, 0)


def deaf(name):
    """A fork of the kernel itself, in a session of its own, that ignores whatever may be ignored."""
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        footprint.leave(path_of(name))
        while True:
            signal.pause()


def leave():
    subprocess.Popen([sys.executable, FOOTPRINT, path_of("child")])
    subprocess.Popen([sys.executable, FOOTPRINT, path_of("session")], start_new_session=True)
    deaf("deaf")
    daemon("daemon", dict(os.environ))
    daemon("cleared", {})
    footprint.await_files(*map(path_of, NAMES))
