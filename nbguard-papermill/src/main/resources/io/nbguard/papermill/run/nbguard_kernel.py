"""The kernel's start, its messages and its end.

- A kernel's ports are kept for it until it takes them: kernels that start at one moment would take each other's, and a
  kernel without its port may hang rather than die.
- What it prints is heard in full, however much faster it prints than is read: nothing on the way has a limit, or the kernel
  waits. Where a kernel cannot be made to wait, messages are counted: what did not come is reported.
- It is given time to end by itself, and it is reported when that was not enough.
- What a cell starts by ``!command`` reads the end of standard input, as all else does in a notebook that runs unattended.
"""

import inspect
import socket

# How long a kernel that has replied may send nothing before it reports that all its output is sent, seconds.
LONGEST_SILENCE = 60
NO_TIMEOUT = 10**8


def hand_over_to(thread):
    """In a kernel: lets nothing wait for its publishing thread that has ended. While ipykernel ends, what its control thread
    hands over may come at the moment after: its send would wait for ever, and the kernel with it."""
    import threading

    import zmq

    def schedule(call):
        if thread.thread.is_alive():
            thread._events.append(call)
            wake = thread._event_pipe
            while thread.thread.is_alive():
                try:
                    return wake.send(b"", zmq.DONTWAIT)
                except zmq.Again:
                    if threading.current_thread() is thread.thread:
                        return
                    thread.thread.join(0.01)
                except zmq.ZMQError:
                    break
            try:
                thread._events.remove(call)
            except ValueError:
                return  # it was called before the thread ended
        call()

    if hasattr(thread, "_events") and hasattr(type(thread), "_event_pipe"):
        thread.schedule = schedule


def set_up(shell):
    """In a kernel: makes it wait for a slow reader, whose messages ZeroMQ drops otherwise, and gives commands no input."""
    import zmq
    from ipykernel import zmqshell

    thread = shell.kernel.iopub_thread
    thread.schedule(lambda: thread.socket.setsockopt(zmq.XPUB_NODROP, 1))
    hand_over_to(thread)
    system = zmqshell.system
    zmqshell.system = lambda command: system("exec </dev/null; " + command)


# Run in a Python kernel before the first cell; leaves no name behind.
IN_KERNEL = "exec(%r, {'shell': get_ipython()})" % "\n".join(
    (inspect.getsource(hand_over_to), inspect.getsource(set_up), "set_up(shell)")
)


def keep_ports():
    from jupyter_client.connect import LocalPortCache

    class KeptPorts(LocalPortCache):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.kept = []

        def find_available_port(self, ip):
            # Linux gives a bound port to no caller that asks for any port; a caller that asks for it by number (as the kernel
            # does, through ZeroMQ, which allows sharing) gets it as long as no socket listens there. Sharing is allowed only
            # once the port is found: otherwise a port that another socket shares could be found.
            keeper = socket.socket()
            keeper.bind((ip, 0))
            keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.kept.append(keeper)
            return keeper.getsockname()[1]

    KeptPorts.instance()  # is from now on the instance of LocalPortCache, too


class Heard:
    """Counts a kernel's messages: those of jupyter_client are numbered, so that it is known which did not come."""

    def __init__(self):
        self._highest = {}
        self._missing = set()
        self.replied_to = None

    def message(self, header, parent):
        if header.get("msg_type") == "execute_reply":
            self.replied_to = parent.get("msg_id")
        source, _, number = str(header.get("msg_id")).rpartition("_")
        if not source or not number.isdecimal():
            return  # another kind of kernel
        number = int(number)
        highest = self._highest.setdefault(source, number)
        if number > highest:
            self._missing.update((source, lost) for lost in range(highest + 1, number))
            self._highest[source] = number
        else:
            self._missing.discard((source, number))

    def take_missing(self):
        missing = len(self._missing)
        self._missing.clear()
        return missing


class Kernel:
    def __init__(self, channel, exit_seconds):
        self._channel = channel
        self._exit_seconds = exit_seconds
        self._heard = Heard()
        self._waits = False  # rather than losing a message

    def prepare(self):
        from papermill.clientwrap import PapermillNotebookClient as Client

        execute_cells, create_kernel_manager = Client.papermill_execute_cells, Client.create_kernel_manager

        def create_patient_manager(client):
            manager = create_kernel_manager(client)
            # Half of it until SIGTERM, half of it until SIGKILL.
            manager.shutdown_wait_time = 2.0 * self._exit_seconds
            return manager

        def execute_all(client):
            self._set_up(client)
            try:
                return execute_cells(client)
            finally:
                self._tell_missing()

        Client.create_kernel_manager, Client.papermill_execute_cells = create_patient_manager, execute_all

    def _set_up(self, client):
        spec = getattr(client.km, "kernel_spec", None)
        if spec is None or spec.language.lower() != "python":
            return
        request = client.kc.execute(IN_KERNEL, silent=True, store_history=False)
        reply = client.wait_for_reply(request)
        self._waits = reply is not None and reply["content"].get("status") == "ok"

    def hear_everything(self):
        import zmq
        from jupyter_client.connect import ConnectionFileMixin
        from jupyter_client.session import Session

        connect, deserialize = ConnectionFileMixin.connect_iopub, Session.deserialize

        def connect_without_limit(self, *args, **kwargs):
            self.context.setsockopt(zmq.RCVHWM, 0)  # for the sockets that it makes from now on
            return connect(self, *args, **kwargs)

        def deserialize_and_count(session, *args, **kwargs):
            message = deserialize(session, *args, **kwargs)
            self._heard.message(message["header"], message["parent_header"])
            return message

        ConnectionFileMixin.connect_iopub, Session.deserialize = connect_without_limit, deserialize_and_count

    def wait_while_it_talks(self):
        """Papermill gives a kernel four seconds after its reply to have all its output read, however much that is."""
        from queue import Empty

        from nbclient.client import CellExecutionComplete, ensure_async
        from papermill.clientwrap import PapermillNotebookClient as Client

        kernel = self
        create = Client.__init__

        def create_patient(client, *args, **kwargs):
            create(client, *args, **kwargs)
            client.iopub_timeout = NO_TIMEOUT

        async def poll_output(client, parent_msg_id, cell, cell_index):
            while True:
                try:
                    message = await ensure_async(client.kc.iopub_channel.get_msg(timeout=LONGEST_SILENCE))
                except Empty:
                    if kernel._heard.replied_to != parent_msg_id:
                        continue
                    kernel._channel.remark(
                        "output of cell %d may be missing: its kernel did not say within %d s that this was all"
                        % (cell_index + 1, LONGEST_SILENCE)
                    )
                    return
                if message["parent_header"].get("msg_id") == parent_msg_id:
                    try:
                        client.process_message(message, cell, cell_index)
                    except CellExecutionComplete:
                        return

        if not hasattr(Client, "_async_poll_output_msg"):
            raise AttributeError("no _async_poll_output_msg in %s" % Client)
        Client.__init__, Client._async_poll_output_msg = create_patient, poll_output

    def _tell_missing(self):
        missing = self._heard.take_missing()
        if missing and not self._waits:
            self._channel.remark(
                "output is missing: %d messages of its kernel were lost, which printed faster than could be read" % missing
            )

    def tell_when_cut_off(self):
        from jupyter_client.manager import KernelManager

        send_sigterm = KernelManager._async_send_kernel_sigterm

        def tell_and_send(manager, *args, **kwargs):
            self._channel.remark(
                "its kernel did not end within %g s after the last cell and was ended: what it does at its exit may be"
                " incomplete; papermill.exit.timeout gives it longer" % self._exit_seconds
            )
            return send_sigterm(manager, *args, **kwargs)

        KernelManager._async_send_kernel_sigterm = tell_and_send


def installed_language(kernel_name):
    """Returns the language that an installed kernel says it has, or None."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        return KernelSpecManager().get_kernel_spec(kernel_name).language or None
    except Exception:
        return None  # papermill says what is wrong with the kernel


def installed_kernels():
    try:
        from jupyter_client.kernelspec import KernelSpecManager

        return ", ".join(sorted(KernelSpecManager().find_kernel_specs()))
    except Exception:
        return ""
