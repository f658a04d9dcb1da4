"""Starts one command, and ends every process that it leaves behind.

    python -I -S nbguard_supervisor.py REPORT CONTROL COMMAND [ARGUMENT...]

Orphans of the command become children of this process (PR_SET_CHILD_SUBREAPER), whatever they do to get away: a new
session, a double fork, a cleared environment. A child that was not waited for keeps its id, so that a signal sent from
here can never reach a stranger.

Standard input is the control pipe, a word a line: INT and TERM are passed on to the command, KILL ends everything. The
end of the pipe means that the host died, which ends everything too; but after the word KEEP it does not, and another host
can speak through the named pipe CONTROL, which is made first ("-" for none). Once the command has ended, what it left is
killed and a report is written to REPORT: one flat JSON object.

One thread and few modules: a supervisor sits beside every notebook for as long as it runs.
"""

import os
import select
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
# A process in uninterruptible sleep, or of another user, cannot be killed from here: the report tells.
SWEEP_SECONDS = 20.0
SWEEP_AGAIN_MILLIS = 50


def become_subreaper():
    try:
        import ctypes

        return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    except Exception:  # no ctypes, no prctl: the host's own tracking has to do
        return False


def own_session():
    """Leaves the terminal's session, so that its Ctrl-C and hang-up reach the host only."""
    try:
        os.setsid()
    except PermissionError:
        pass
    return os.getsid(0) == os.getpid()


def children():
    me = os.getpid()
    try:
        with open("/proc/self/task/%d/children" % me) as listed:
            return [int(pid) for pid in listed.read().split()]
    except OSError:  # a kernel without CONFIG_PROC_CHILDREN
        pass
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name, "rb") as stat:
                    fields = stat.read().rpartition(b")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == me:
                found.append(int(name))
    return found


def kill_children(whole_groups):
    """Kills every child, with its process group: a group dies at one blow, however fast its members fork."""
    for child in children():
        try:
            group = os.getpgid(child)
            if whole_groups and group != os.getpgrp():
                os.killpg(group, signal.SIGKILL)
        except OSError:
            pass
        try:
            os.kill(child, signal.SIGKILL)
        except OSError:
            pass


class Supervisor:
    def __init__(self, control, command):
        self.subreaper = become_subreaper()
        # Only descendants can be in our session or in one made from it: that makes their groups ours to kill.
        self.whole_groups = own_session()
        self.status = None
        self.cpu_seconds = 0.0
        self.killed = 0
        self.ending = False
        self.outlives_host = False
        self.pending = {0: b""}
        self.wake, wake_end = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_end, False)
        signal.set_wakeup_fd(wake_end, warn_on_full_buffer=False)
        for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: None)  # told through the wake-up pipe
        self.poller = select.poll()
        self.poller.register(0, select.POLLIN)
        self.poller.register(self.wake, select.POLLIN)
        if control != "-":
            os.mkfifo(control, 0o600)
            # Open for both, so that it never ends.
            pipe = os.open(control, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
            self.pending[pipe] = b""
            self.poller.register(pipe, select.POLLIN)
        self.command = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0)],
            setpgroup=0,
            # The JVM blocks some signals in its threads, and Python ignores some: the command shall have neither.
            setsigmask=[],
            setsigdef=[
                signal.SIGINT,
                signal.SIGTERM,
                signal.SIGHUP,
                signal.SIGQUIT,
                signal.SIGPIPE,
                signal.SIGXFSZ,
            ],
        )

    def run(self):
        """Returns when the command and all its descendants are gone; returns whether all are."""
        give_up = None
        while True:
            left = self.reap()
            if not left:
                return True
            timeout = None
            if self.ending or self.status is not None:
                now = time.monotonic()
                give_up = give_up or now + SWEEP_SECONDS
                if now > give_up:
                    return False
                kill_children(self.whole_groups)
                timeout = SWEEP_AGAIN_MILLIS
            for descriptor, _ in self.poller.poll(timeout):
                if descriptor == self.wake:
                    self.woken()
                else:
                    self.control(descriptor)

    def reap(self):
        """Waits for whoever has ended; returns whether there are children still."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            if pid == self.command:
                self.status = status
            elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                self.killed += self.ending or self.status is not None

    def woken(self):
        numbers = os.read(self.wake, 4096)
        if any(number != signal.SIGCHLD for number in numbers):
            self.ending = True

    def control(self, descriptor):
        chunk = os.read(descriptor, 4096)
        if not chunk:
            self.ending = self.ending or not self.outlives_host
            self.poller.unregister(descriptor)
        *words, self.pending[descriptor] = (self.pending[descriptor] + chunk).split(b"\n")
        for word in words:
            if word == b"KILL":
                self.ending = True
            elif word == b"KEEP":
                self.outlives_host = True
            elif self.status is None and word in (b"INT", b"TERM"):
                os.kill(self.command, signal.SIGINT if word == b"INT" else signal.SIGTERM)

    def report(self, all_gone):
        status = self.status
        exited = status is not None and os.WIFEXITED(status)
        signalled = status is not None and os.WIFSIGNALED(status)
        return '{"exit": %s, "signal": %s, "cpu_nanos": %d, "killed": %d, "all_gone": %s, "subreaper": %s}\n' % (
            os.WEXITSTATUS(status) if exited else "null",
            os.WTERMSIG(status) if signalled else "null",
            # This process is part of the tree: a total must not be less than what was seen of it while it ran.
            round(self.cpu_seconds * 1e9) + time.process_time_ns(),
            self.killed,
            "true" if all_gone else "false",
            "true" if self.subreaper else "false",
        )


def write_whole(path, text):
    part = path + ".part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    os.replace(part, path)


if __name__ == "__main__":
    supervisor = Supervisor(sys.argv[2], sys.argv[3:])
    write_whole(sys.argv[1], supervisor.report(supervisor.run()))
