"""Notebooks as people have them are read as Jupyter and editors read them."""

import codecs

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_any_unicode():
    """As editors on Windows write it: with a byte order mark, perhaps not UTF-8."""
    from papermill.iorw import papermill_io

    local = papermill_io.get_handler("local")
    read = local.read

    def read_marked(path):
        with open(path, "rb") as file:
            start = file.read(4)
        for mark, encoding in BYTE_ORDER_MARKS:
            if start.startswith(mark):
                with open(path, encoding=encoding) as file:
                    return file.read()
        return read(path)

    local.read = read_marked


def repair_tags():
    """Tags that are no list (null, or a single text) stop papermill with a TypeError."""
    from papermill import execute as execution

    load = execution.load_notebook_node

    def load_repaired(*args, **kwargs):
        notebook = load(*args, **kwargs)
        for cell in notebook.cells:
            tags = cell.metadata.get("tags")
            if isinstance(tags, str):
                cell.metadata["tags"] = [tags]
            elif not isinstance(tags, list):
                cell.metadata["tags"] = []
            elif not all(isinstance(tag, str) for tag in tags):
                cell.metadata["tags"] = [tag for tag in tags if isinstance(tag, str)]
        return notebook

    execution.load_notebook_node = load_repaired
