"""Runs papermill's own command line, without those habits of it that an unattended run cannot live with.

    python nbguard_papermill.py FAILURE ARGUMENT...

- Progress: every cell is shown as it ends (tqdm would skip cells that follow each other quickly, and stay behind for as
  long as the next one runs), and that the first cell has begun.
- Output: written beside and moved into place, so that it is whole at any moment, also when papermill is killed.
- A kernel's ports are kept for it until it takes them: kernels that start at one moment would take each other's, and a
  kernel without its port may hang rather than die.
- A kernel that dies before it is ready is started again: no user code ran.
- What went wrong is written to FAILURE as one flat JSON object, besides the traceback on standard error.

Each is an addition to a papermill that works without it: where another version has no such place, it is left out.
"""

import json
import os
import socket
import sys

KERNEL_STARTS = 3
LONGEST_MESSAGE = 8000


def show_every_cell():
    # tqdm takes its defaults from the environment when it is imported; the kernel must not inherit ours, and the
    # user's own (TQDM_DISABLE=1) are not for this bar.
    users = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("TQDM_")}
    os.environ.update(TQDM_MININTERVAL="0", TQDM_MINITERS="1")
    try:
        import tqdm.auto  # noqa: F401
    except ImportError:
        pass  # papermill is missing too, and that is what a person should be told
    finally:
        del os.environ["TQDM_MININTERVAL"], os.environ["TQDM_MINITERS"]
        os.environ.update(users)


class Begun:
    """Whether a cell has begun: from then on user code may have run."""

    def __init__(self):
        self.yes = False

    def watch(self):
        from papermill.engines import NotebookExecutionManager

        cell_start = NotebookExecutionManager.cell_start

        def telling(manager, *args, **kwargs):
            if not self.yes:
                self.yes = True
                bar = getattr(manager, "pbar", None)
                if bar is not None:
                    bar.set_postfix_str("running")
            return cell_start(manager, *args, **kwargs)

        NotebookExecutionManager.cell_start = telling


def write_whole_files():
    from papermill.iorw import papermill_io

    local = papermill_io.get_handler("local")
    write = local.write

    def write_whole(buf, path):
        part = path + ".part"
        write(buf, part)
        os.replace(part, path)

    local.write = write_whole


def keep_ports():
    from jupyter_client.connect import LocalPortCache

    class KeptPorts(LocalPortCache):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.kept = []

        def find_available_port(self, ip):
            # Linux gives a bound port to nobody who asks for any, and to whom asks for it by number (as the kernel does,
            # through ZeroMQ, which allows sharing) as long as nobody listens there. Sharing is allowed once the port is
            # found: it must not be found by sharing.
            keeper = socket.socket()
            keeper.bind((ip, 0))
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.kept.append(keeper)
            return keeper.getsockname()[1]

    KeptPorts.instance()  # is from now on the instance of LocalPortCache, too


def installed_kernels():
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        return ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
    except Exception:
        return ""


def record(path, error):
    kind = type(error)
    facts = {"type": kind.__name__, "message": str(error)[:LONGEST_MESSAGE], "module": getattr(error, "name", None)}
    if kind.__name__ == "NoSuchKernel":
        facts["kernels"] = installed_kernels()
    part = path + ".part"
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(facts, out)
    os.replace(part, path)


def run(arguments):
    show_every_cell()
    from papermill.cli import papermill

    begun = Begun()
    for adapt in (begun.watch, write_whole_files, keep_ports):
        try:
            adapt()
        except (ImportError, AttributeError) as error:
            print("nbguard: this papermill is different: %s" % error, file=sys.stderr)
    for start in range(1, KERNEL_STARTS + 1):
        try:
            # Not standalone, which would hide a SIGINT (click's Abort) behind the exit code 1.
            return papermill(args=arguments, prog_name="papermill", standalone_mode=False)
        except RuntimeError as error:
            if begun.yes or start == KERNEL_STARTS or "before replying to kernel_info" not in str(error):
                raise
            print("nbguard: the kernel died while starting; trying again", file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        run(sys.argv[2:])
    except Exception as error:
        record(sys.argv[1], error)
        raise
