"""Runs papermill's own command line, without those habits of it that an unattended run cannot live with.

    python nbguard_papermill.py CHANNEL named|unnamed EXIT_SECONDS ARGUMENT...

EXIT_SECONDS is how long the kernel may take to end after the last cell. What happens is reported through the file CHANNEL, an
exception that ends papermill too; whether that keeps its name is said, see nbguard_channel. What is changed about papermill stands in the modules beside this one. Each change is an
addition to a papermill that works without it: where another version has no such place, it is left out.

Others of the same user, the notebook's kernel among them, cannot look into this process (PR_SET_DUMPABLE): the channel is its
own. What it starts can be looked into again.
"""

import sys
import traceback

import nbguard_cells
import nbguard_kernel
import nbguard_notebook
import nbguard_output
from nbguard_channel import Channel

PR_SET_DUMPABLE = 4
KERNEL_STARTS = 3
DEAD_KERNEL = 138


def facts_of(error):
    kind = type(error)
    facts = {
        "type": kind.__name__,
        "message": nbguard_cells.shortened(error),
        "module": getattr(error, "name", None),
        "errno": getattr(error, "errno", None),
    }
    if kind.__name__ == "NoSuchKernel":
        facts["kernels"] = nbguard_kernel.installed_kernels()
    return facts


def with_language(arguments):
    """A notebook may say nothing about its language, as VS Code's do; the installed kernel knows it."""
    named = dict(argument.split("=", 1) for argument in arguments if argument.startswith("--") and "=" in argument)
    if "--language" in named or "--kernel" not in named:
        return arguments
    language = nbguard_kernel.installed_language(named["--kernel"])
    return arguments + ["--language=" + language] if language else arguments


def run(channel, exit_seconds, arguments):
    from papermill.cli import papermill

    cells = nbguard_cells.Cells(channel)
    output = nbguard_output.Output(channel)
    kernel = nbguard_kernel.Kernel(channel, exit_seconds)
    for adapt in (
        cells.watch,
        output.keep_whole,
        nbguard_notebook.read_any_unicode,
        nbguard_notebook.repair_tags,
        nbguard_kernel.keep_ports,
        kernel.prepare,
        kernel.hear_everything,
        kernel.wait_while_it_talks,
        kernel.tell_when_cut_off,
    ):
        try:
            adapt()
        except (ImportError, AttributeError) as error:
            print("nbguard: this papermill is different: %s" % error, file=sys.stderr)
    arguments = with_language(arguments)
    for start in range(1, KERNEL_STARTS + 1):
        try:
            # Not standalone, which would hide a SIGINT (click's Abort) behind the exit code 1.
            return papermill(args=arguments, prog_name="papermill", standalone_mode=False)
        except RuntimeError as error:
            if cells.begun or start == KERNEL_STARTS or "before replying to kernel_info" not in str(error):
                raise
            channel.note("the kernel died while starting; trying again")


def kernel_died_before(error):
    """Papermill writes the notebook once more after its kernel's death, which may fail as well, on a full disk."""
    return isinstance(error, nbguard_output.NotWritten) and type(error.__context__).__name__ == "DeadKernelError"


def close_to_others():
    try:
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    except Exception as error:  # no ctypes, no prctl
        print("nbguard: others of the same user can look into papermill: %s" % error, file=sys.stderr)


def main():
    close_to_others()
    channel = Channel(sys.argv[1], sys.argv[2] == "named")
    try:
        run(channel, float(sys.argv[3]), sys.argv[4:])
    except Exception as error:
        channel.tell("failure", **facts_of(error))
        traceback.print_tb(error.__traceback__)
        # An exception may hold a whole document.
        print(nbguard_cells.shortened("".join(traceback.format_exception_only(type(error), error))), file=sys.stderr)
        sys.exit(DEAD_KERNEL if kernel_died_before(error) else 1)


if __name__ == "__main__":
    main()
