"""Starts programs as a service would start notebooks, for the peers that watch over memory without being that service.

usage: keeper.py poll GROUP THRESHOLD        looks once a second, and kills the heaviest tree beyond the threshold
       keeper.py beside COMMAND [ARG ...]    starts COMMAND (earlyoom, bare), which does the looking

Speaks the protocol of a controller, a line at a time: "launch<TAB>NAME<TAB>ARG…" -> later "ended<TAB>NAME<TAB>STATUS";
"stop" -> everything that was launched is killed, then "stopped". Ends with its standard input, and kills what is left.

The poll is what people write: node use without inactive file cache, as docker stats shows it, against a threshold;
the tree with the greatest sum of RSS dies.
"""
import os
import select
import signal
import subprocess
import sys
import time

POLL_SECONDS = 1.0


def say(*words):
    sys.stdout.write("\t".join(map(str, words)) + "\n")
    sys.stdout.flush()


def processes():
    """Returns parent and RSS in pages of every process that can be seen."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
                found[int(entry)] = int(fields[1]), int(fields[21])
            except (FileNotFoundError, ProcessLookupError):
                pass
    return found


def tree(root, found):
    members, grown = {root}, True
    while grown:
        more = {pid for pid, (parent, _) in found.items() if parent in members} - members
        members |= more
        grown = bool(more)
    return members


def kill(pids):
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Keeper:
    def __init__(self):
        self.running = {}

    def launch(self, name, command):
        self.running[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def reap(self):
        for name, process in list(self.running.items()):
            status = process.poll()
            if status is not None:
                del self.running[name]
                say("ended", name, f"signal {-status}" if status < 0 else f"exit {status}")

    def stop(self):
        found = processes()
        for process in self.running.values():
            kill(tree(process.pid, found))
        for process in self.running.values():
            process.wait()
        self.reap()

    def kill_heaviest(self):
        found = processes()
        trees = [tree(process.pid, found) for process in self.running.values()]
        if trees:
            kill(max(trees, key=lambda members: sum(found[pid][1] for pid in members if pid in found)))


class Poll:
    def __init__(self, group, threshold):
        self.group, self.threshold = group, int(threshold)

    def use(self):
        with open(self.group + "/memory.usage_in_bytes") as file:
            used = int(file.read())
        with open(self.group + "/memory.stat") as file:
            return used - next(int(line.split()[1]) for line in file if line.startswith("total_inactive_file "))

    def breached(self):
        return self.use() >= self.threshold


def serve(keeper, poll, beside=None):
    waiting, due = b"", time.monotonic()
    while beside is None or beside.poll() is None:
        ready, _, _ = select.select([0], [], [], max(0, min(due - time.monotonic(), 0.02)))
        if ready:
            data = os.read(0, 65536)
            if not data:
                keeper.stop()
                return
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                verb, *words = line.decode().split("\t")
                if verb == "launch":
                    keeper.launch(words[0], words[1:])
                else:
                    keeper.stop()
                    say("stopped")
        keeper.reap()
        if time.monotonic() >= due:
            due = time.monotonic() + POLL_SECONDS
            if poll and poll.breached():
                keeper.kill_heaviest()


def main(mode, *words):
    # A name of its own, so that earlyoom can be set to spare it and nothing else that is Python.
    with open("/proc/self/comm", "w") as file:
        file.write("chaos-keeper")
    keeper = Keeper()
    if mode == "poll":
        say("ready")
        serve(keeper, Poll(*words))
    else:
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=sys.stderr) as beside:
            say("ready")
            serve(keeper, None, beside)
            beside.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
