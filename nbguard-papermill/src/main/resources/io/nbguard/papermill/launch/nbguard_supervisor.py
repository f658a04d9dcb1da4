"""Starts one command, and ends every process that it leaves behind.

    python -I -S nbguard_supervisor.py REPORT CONTROL COMMAND [ARGUMENT...]

There are two processes of this program: the supervisor, and below it the keeper, whose child the command is. Each is a
child subreaper (PR_SET_CHILD_SUBREAPER): orphans of the command become children of the keeper, whatever they do to get
away (a new session, a double fork, a cleared environment), and if the keeper is ended, children of the supervisor. If
one of the two ends, the other ends everything at once. A child that was not waited for keeps its id, so that a signal sent
from here never reaches an unrelated process. When one of the two ends, the other one stays until all others are gone.

Standard input is the control pipe, a word a line. The first is GO: nothing is started before it. INT and TERM are passed
on to the command, KILL ends everything. The end of the pipe means that the host died, which ends everything too; but after
the word KEEP it does not, and another host can speak through the named pipe CONTROL, which is made first ("-" for none).

Once the command has ended, what it left is killed, by the keeper first, and a report is given: one flat JSON object, on standard error, which
only the supervisor has; the command prints to standard output alone. Where CONTROL is given the report is written to the
file REPORT too, for a host that is not this one's parent. The exit code is 0 if the report was given.

Neither process can be looked into by others of the same user (PR_SET_DUMPABLE): its descriptors are its own.

One thread and few modules: they sit beside every notebook for as long as it runs.
"""

import os
import select
import signal
import struct
import sys
import time

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
# A process in uninterruptible sleep, or of another user, cannot be killed from here: the report says so.
SWEEP_SECONDS = 20.0
KEEPER_SWEEP_SECONDS = 5.0
SWEEP_AGAIN_MILLIS = 50
LONGEST_WORD = 64
PASSED_ON = (signal.SIGINT, signal.SIGTERM)
STATUS = struct.Struct("ii")
HOST_DIED_EARLY = 3


def prctl(option, value):
    try:
        import ctypes

        return ctypes.CDLL(None).prctl(option, value, 0, 0, 0) == 0
    except Exception:  # no ctypes, no prctl: the host's own tracking has to do
        return False


def own_session():
    """Leaves the terminal's session, so that its Ctrl-C and hang-up reach the host only."""
    try:
        os.setsid()
    except PermissionError:
        pass
    return os.getsid(0) == os.getpid()


def told_to_go():
    """Waits for GO from the host, which sends it after it has set up this process."""
    word = b""
    while len(word) < 3:
        chunk = os.read(0, 3 - len(word))
        if not chunk:
            return False
        word += chunk
    return word == b"GO\n"


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


class Keeper:
    """The command's parent. It ends when its own parent ends, or by SIGKILL."""

    def __init__(self, parent, whole_groups, told, command):
        self.whole_groups = whole_groups
        self.told = told
        self.ended = False
        prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_DUMPABLE, 0)
        # The report's descriptor is the supervisor's alone; errors here go to the console.
        os.dup2(1, 2)
        self.command = 0
        signal.signal(signal.SIGHUP, self.end)
        prctl(PR_SET_PDEATHSIG, signal.SIGHUP)
        if os.getppid() != parent:
            os._exit(1)
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self.command = os.posix_spawn(
            command[0],
            command,
            os.environ,
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
        for number in PASSED_ON:
            signal.signal(number, self.pass_on)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])

    def pass_on(self, number, _):
        if not self.ended:
            os.kill(self.command, number)

    def end(self, *_):
        """The supervisor has ended, or requests it."""
        self.sweep()
        os._exit(1)

    def sweep(self):
        """Kills all children, those that orphans become meanwhile too; returns how many died of it."""
        killed = 0
        give_up = time.monotonic() + KEEPER_SWEEP_SECONDS
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        while time.monotonic() < give_up:
            kill_children(self.whole_groups)
            try:
                while True:
                    pid, status = os.waitpid(-1, os.WNOHANG)
                    if pid == 0:
                        break
                    killed += os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
            except ChildProcessError:
                break
            signal.sigtimedwait([signal.SIGCHLD], SWEEP_AGAIN_MILLIS / 1000)
        return killed

    def run(self):
        """Waits for the command, and for orphans meanwhile; then ends what is left."""
        while not self.ended:
            found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            # Not waited for yet, so its id is still its own: from here on no signal is passed on.
            self.ended = found.si_pid == self.command
            pid, status = os.waitpid(found.si_pid, 0)
            if pid == self.command:
                os.write(self.told, STATUS.pack(status, self.sweep()))


class Supervisor:
    def __init__(self, control, command):
        self.subreaper = prctl(PR_SET_CHILD_SUBREAPER, 1)
        prctl(PR_SET_DUMPABLE, 0)
        # Only descendants can be in our session or in one made from it: that makes their groups ours to kill.
        self.whole_groups = own_session()
        self.status = None
        self.keeper_status = None
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
            signal.signal(number, lambda *_: None)  # reported through the wake-up pipe
        self.poller = select.poll()
        self.poller.register(0, select.POLLIN)
        self.poller.register(self.wake, select.POLLIN)
        if control != "-":
            os.mkfifo(control, 0o600)
            # Open for both, so that it never ends.
            pipe = os.open(control, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
            self.pending[pipe] = b""
            self.poller.register(pipe, select.POLLIN)
        self.keeper, self.told = self.start_keeper(command)

    def start_keeper(self, command):
        told, tell = os.pipe()
        os.set_blocking(told, False)
        me = os.getpid()
        # What is passed on to the command before it is there waits for it, and so does the order to end.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, (*PASSED_ON, signal.SIGHUP))
        keeper = os.fork()
        if keeper == 0:
            code = 1
            try:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                # All but the console, and the pipe through which the keeper reports.
                os.closerange(3, tell)
                os.closerange(tell + 1, tell + 64)
                Keeper(me, self.whole_groups, tell, command).run()
                code = 0
            except BaseException:
                import traceback

                traceback.print_exc()
            finally:
                os._exit(code)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(tell)
        return keeper, told

    def run(self):
        """Returns when the command and all its descendants are gone; returns whether all are."""
        give_up = None
        trust_until = None
        while True:
            left = self.reap()
            if not left:
                return True
            timeout = None
            if self.ending or self.keeper_status is not None:
                now = time.monotonic()
                give_up = give_up or now + SWEEP_SECONDS
                if now > give_up:
                    return False
                if self.keeper_status is None and trust_until is None:
                    # Not killed while it has children: if this process were killed next, no subreaper would be left for them.
                    trust_until = now + KEEPER_SWEEP_SECONDS
                    os.kill(self.keeper, signal.SIGHUP)
                if self.keeper_status is not None or now > trust_until:
                    kill_children(self.whole_groups)
                timeout = SWEEP_AGAIN_MILLIS
            for descriptor, _ in self.poller.poll(timeout):
                if descriptor == self.wake:
                    self.woken()
                else:
                    self.control(descriptor)

    def reap(self):
        """Waits for the children that have ended; returns whether there are children still."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if os.WIFSTOPPED(status):
                # A stopped keeper could not report the end of the command. Resuming it does no harm when the whole tree was
                # frozen for a moment: the keeper runs no user code.
                if pid == self.keeper:
                    os.kill(pid, signal.SIGCONT)
                continue
            self.cpu_seconds += usage.ru_utime + usage.ru_stime
            if pid == self.keeper:
                self.keeper_status = status
                self.status = self.command_status()
            elif os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
                self.killed += self.ending or self.keeper_status is not None

    def command_status(self):
        """Returns how the command ended, if the keeper lived to say it."""
        try:
            told = os.read(self.told, STATUS.size)
        except OSError:
            return None
        if self.keeper_status != 0 or len(told) != STATUS.size:
            return None
        status, killed = STATUS.unpack(told)
        self.killed += killed
        return status

    def woken(self):
        numbers = os.read(self.wake, 4096)
        if any(number != signal.SIGCHLD for number in numbers):
            self.ending = True

    def control(self, descriptor):
        try:
            chunk = os.read(descriptor, 4096)
        except BlockingIOError:  # another reader of the named pipe was faster
            return
        if not chunk:
            self.ending = self.ending or not self.outlives_host
            self.poller.unregister(descriptor)
        *words, last = (self.pending[descriptor] + chunk).split(b"\n")
        self.pending[descriptor] = last[:LONGEST_WORD]
        for word in words:
            if word == b"KILL":
                self.ending = True
            elif word == b"KEEP":
                self.outlives_host = True
            elif self.keeper_status is None and word in (b"INT", b"TERM"):
                os.kill(self.keeper, signal.SIGINT if word == b"INT" else signal.SIGTERM)

    def report(self, all_gone):
        status = self.status
        if status is None and self.ending:
            status = signal.SIGKILL.value  # sent from here
        exited = status is not None and os.WIFEXITED(status)
        signalled = status is not None and os.WIFSIGNALED(status)
        return '{"exit": %s, "signal": %s, "keeper": %s, "cpu_nanos": %d, "killed": %d, "all_gone": %s, "subreaper": %s}\n' % (
            os.WEXITSTATUS(status) if exited else "null",
            os.WTERMSIG(status) if signalled else "null",
            "null" if status is not None else self.keeper_status,
            # This process is part of the tree: a total must not be less than what was seen of it while it ran.
            round(self.cpu_seconds * 1e9) + time.process_time_ns(),
            self.killed,
            "true" if all_gone else "false",
            "true" if self.subreaper else "false",
        )


def write_whole(path, text):
    part = path + ".part"
    try:
        os.unlink(part)
    except FileNotFoundError:
        pass
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)
    os.replace(part, path)


def main(report, control, command):
    if not told_to_go():
        return HOST_DIED_EARLY
    supervisor = Supervisor(control, command)
    text = supervisor.report(supervisor.run())
    given = False
    try:
        os.write(2, text.encode("ascii"))
        given = True
    except OSError:  # the host has gone; another one reads the file
        pass
    if control != "-":
        try:
            write_whole(report, text)
            given = True
        except OSError:  # a full disk, or a folder in its place: a host that lives has it from the descriptor
            pass
    return 0 if given else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
