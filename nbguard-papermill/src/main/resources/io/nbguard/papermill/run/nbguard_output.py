"""The executed notebook is whole at any moment, and a full disk is reported as such.

It is written beside and moved into place. If it cannot be written while the notebook runs, the notebook goes on: there may
be room again before its end. What must work is the first time, before anything runs, and the last.
"""

import os


class NotWritten(OSError):
    """The executed notebook could not be written."""


class Output:
    def __init__(self, channel):
        self._channel = channel
        self._was_written = False
        self._missing = False

    def keep_whole(self):
        from papermill.engines import NotebookExecutionManager as Manager
        from papermill.iorw import papermill_io

        local = papermill_io.get_handler("local")
        write, save = local.write, Manager.save

        def write_whole(buf, path):
            part = path + ".part"
            try:
                write(buf, part)
                os.replace(part, path)
            except OSError as error:
                try:
                    os.unlink(part)
                except OSError:
                    pass
                raise NotWritten(error.errno, error.strerror) from error

        def save_if_possible(manager, *args, **kwargs):
            try:
                save(manager, *args, **kwargs)
            except NotWritten as error:
                if not self._was_written or manager.end_time is not None:
                    raise
                manager.last_save_time = manager.now()
                if not self._missing:
                    self._missing = True
                    self._channel.note("the executed notebook cannot be written (%s): it goes on" % error.strerror)
            else:
                self._was_written = True
                if self._missing:
                    self._missing = False
                    self._channel.note("the executed notebook can be written again")

        local.write = write_whole
        Manager.save = save_if_possible
