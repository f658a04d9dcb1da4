"""What becomes of each cell, reported to the host, and papermill's mistakes about it put right.

- A cell is done when it has completed. Papermill counts those too that failed, and calls the cell completed whose kernel died.
- A cell that is tagged raises-exception may raise. Papermill lets the notebook go on, as Jupyter does, but fails the run.
- An error without an error output (that of a failing magic) gets one, so that the notebook says what failed. Papermill
  before 2.6 takes such a run for a success.
"""

LONGEST_TEXT = 8000


def shortened(text):
    text = str(text)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"


class Cells:
    def __init__(self, channel):
        self._channel = channel
        self._total = 0
        self._completed = set()
        self._ended_well = True
        self.begun = False

    def watch(self):
        import nbformat
        from nbclient.exceptions import CellExecutionError
        from papermill import execute as execution
        from papermill.clientwrap import PapermillNotebookClient as Client
        from papermill.engines import NotebookExecutionManager as Manager

        notebook_start, cell_start = Manager.notebook_start, Manager.cell_start
        cell_exception, cell_complete = Manager.cell_exception, Manager.cell_complete
        execute_cell = Client.execute_cell
        raise_for_execution_errors = execution.raise_for_execution_errors

        def start_notebook(manager, *args, **kwargs):
            self._total = len(manager.nb.cells)
            self._completed.clear()
            self._progress()
            return notebook_start(manager, *args, **kwargs)

        def start_cell(manager, cell, cell_index=None, **kwargs):
            self.begun = True
            self._channel.tell("cell", index=cell_index)
            return cell_start(manager, cell, cell_index, **kwargs)

        def try_cell(client, cell, cell_index, *args, **kwargs):
            try:
                result = execute_cell(client, cell, cell_index, *args, **kwargs)
            except CellExecutionError:
                raise  # comes to fail_cell
            except BaseException:
                client.nb.cells[cell_index].metadata.papermill["status"] = Manager.FAILED
                raise
            self._completed.add(cell_index)
            return result

        def fail_cell(manager, cell, cell_index=None, exception=None, **kwargs):
            cell_exception(manager, cell, cell_index, exception=exception, **kwargs)
            name = shortened(getattr(exception, "ename", None) or "Error")
            text = shortened(getattr(exception, "evalue", None) or "")
            if name == "SystemExit" and text in ("", "0"):
                self._channel.tell("exit", index=cell_index)
                return
            self._ended_well = False
            self._channel.tell("error", index=cell_index, name=name, text=text)
            if not any(output.output_type == "error" for output in cell.outputs):
                cell.outputs.append(nbformat.v4.new_output("error", ename=name, evalue=text, traceback=[]))

        def complete_cell(manager, cell, cell_index=None, **kwargs):
            cell_complete(manager, cell, cell_index, **kwargs)
            if cell_index in self._completed:
                self._progress()

        def raise_for_errors(*args, **kwargs):
            # It would take the error of a cell that may raise for the one that ended the notebook.
            if not self._ended_well:
                raise_for_execution_errors(*args, **kwargs)

        Manager.notebook_start, Manager.cell_start = start_notebook, start_cell
        Manager.cell_exception, Manager.cell_complete = fail_cell, complete_cell
        Client.execute_cell = try_cell
        execution.raise_for_execution_errors = raise_for_errors

    def _progress(self):
        self._channel.tell("progress", done=len(self._completed), total=self._total)
