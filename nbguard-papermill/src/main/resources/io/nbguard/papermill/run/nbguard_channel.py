"""The way to the host that only this process has: a line of JSON for each thing worth knowing, written into a file.

Nothing that is started from here inherits it, and where no other host may have to find it, it has no name any more. The
console is no way: kernels, and all that they start, write there too.
"""

import json
import os


class Channel:
    def __init__(self, path, keeps_name):
        # Neither appended to nor truncated: the file has room from its beginning, also when the disk is full.
        self._host = os.open(path, os.O_WRONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        if not keeps_name:
            os.unlink(path)

    def tell(self, what, **facts):
        # What was torn, for want of room, ends before the next line.
        line = b"\n" + json.dumps({"is": what, **facts}).encode() + b"\n"
        try:
            while line:
                line = line[os.write(self._host, line) :]
        except OSError:
            pass  # the disk is full: the notebook matters more

    def note(self, text):
        """Something worth knowing now."""
        self.tell("note", text=text)

    def remark(self, text):
        """Something that has to stand in the run's record, too."""
        self.tell("remark", text=text)
