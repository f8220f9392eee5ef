"""Parquet and Arrow files as one table, unpacked batch by batch and no further than a table may go."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from pii.arrays import Vector
from pii.errors import Problem, TableError
from pii.io import limits
from pii.io.packed import file_messages, unpacked_bytes

__all__ = ["ARROW", "read_columnar"]

ARROW = (".parquet", ".arrow", ".feather")
"""Suffixes of columnar files."""

_BATCH: Final = 10_000  # rows of a Parquet file that are unpacked at a time
_MAGIC: Final = 6  # bytes at either end that tell what a file is


def read_columnar(path: Path, suffix: str, file: str) -> Any:
    """The table in a Parquet file, or in an Arrow file or stream.

    Raises
    ------
    TableError
        The file is not what its ending says, or has too many bytes or cells once unpacked; no more is unpacked
        than may be.
    """
    limits.refuse_large(path, file)
    with path.open("rb") as content:
        start = content.read(_MAGIC)
        content.seek(-min(_MAGIC, path.stat().st_size), 2)
        end = content.read()
    if suffix == ".parquet" and start[:4] == end[-4:] == b"PAR1":
        return _parquet(path, file)
    if suffix != ".parquet" and start == end == b"ARROW1":
        return _ipc_file(path.read_bytes(), file)
    if suffix != ".parquet" and start[:4] == b"\xff" * 4:
        return _ipc_stream(path.read_bytes(), file)
    raise TableError(
        Problem(
            file=file,
            found=f"the file is not what its ending {suffix} says",
            remedy="write it again, or give it the ending of what it is",
        )
    )


def _parquet(path: Path, file: str) -> Any:
    from pyarrow import parquet

    with parquet.ParquetFile(path) as plain:
        about = plain.metadata
        groups = [about.row_group(at) for at in range(about.num_row_groups)]
        columns = [group.column(at) for group in groups for at in range(group.num_columns)]
    limits.refuse_vast_parts((column.total_uncompressed_size for column in columns), file)
    limits.refuse_many_cells(sum(column.num_values for column in columns), file)
    # Texts as a file has them, each once: written out, one long text in every row is more than memory holds.
    texts = {column.path_in_schema for column in columns if column.physical_type == "BYTE_ARRAY"}
    with parquet.ParquetFile(path, read_dictionary=sorted(texts)) as folded:
        return _within(folded.iter_batches(_BATCH), folded.schema_arrow, file)


def _ipc_file(content: bytes, file: str) -> Any:
    from pyarrow import ipc

    batches = ipc.open_file(content)
    limits.refuse_vast_parts(unpacked_bytes(file_messages(content)), file)
    each = map(batches.get_batch, range(batches.num_record_batches))
    return _within(map(_intact, each), batches.schema, file)


def _ipc_stream(content: bytes, file: str) -> Any:
    from pyarrow import ipc

    messages = ipc.MessageReader.open_stream(content)
    limits.refuse_vast_parts(unpacked_bytes((one.metadata, one.body) for one in messages), file)
    stream = ipc.open_stream(content)
    return _within(map(_intact, stream), stream.schema, file)


def _intact(batch: Any) -> Any:
    """A batch of which every offset lies inside it: pyarrow believes them, and reads memory that is not its own."""
    batch.validate(full=True)
    return batch


def _within(batches: Iterator[Any], schema: Any, file: str) -> Any:
    """Batches as one table, as long as they stay within bounds."""
    import pyarrow as pa

    kept: list[Any] = []
    rows = 0
    total = limits.Total(file)
    for batch in batches:
        rows += batch.num_rows
        limits.refuse_many_cells(rows * len(schema), file)
        total.add(sum(map(_size, batch.columns)))
        kept.append(pa.RecordBatch.from_arrays([*map(_unfolded, batch.columns)], schema.names))
    if not kept:
        return schema.empty_table()
    return pa.Table.from_batches(kept).replace_schema_metadata(schema.metadata)


def _unfolded(column: Any) -> Any:
    """A column with a text in each row."""
    import pyarrow as pa

    folded = pa.types.is_dictionary(column.type) and not pa.types.is_nested(column.type.value_type)
    return column.dictionary_decode() if folded else column


def _size(column: Any) -> int:
    import pyarrow as pa

    folded = pa.types.is_dictionary(column.type)  # of which batches may share the texts
    return _held(column.indices if folded else column) + _repeated(column)


def _held(column: Any) -> int:
    import pyarrow as pa

    try:
        return int(column.nbytes)
    except pa.ArrowTypeError:  # pragma: no cover - pyarrow 17, which does not know which part of views is used
        return int(column.get_total_buffer_size())


def _repeated(column: Any) -> int:
    """Bytes of the texts of a column, each as often as a row has it, where the file has it once for many rows."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        used = column.indices.drop_null().to_numpy(zero_copy_only=False)
        return int(_lengths(column.dictionary)[used].sum())
    if pa.types.is_run_end_encoded(kind):
        ends = np.minimum(column.run_ends.to_numpy(), column.offset + len(column))
        return int(_lengths(column.values) @ np.diff(ends, prepend=0))
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        return int(_lengths(column).sum())
    return _repeated_within(column) if pa.types.is_nested(kind) else 0


def _repeated_within(column: Any) -> int:
    """The same of a column of lists and the like."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        return _repeated(column.flatten())
    if pa.types.is_struct(kind):
        return sum(map(_repeated, column.flatten()))
    if pa.types.is_map(kind):
        return _repeated(column.keys) + _repeated(column.items)
    return _held(column) * len(column)  # lists that may lie over one another, at most


def _lengths(values: Any) -> Vector:
    """Bytes of each of some values, at most where they are lists; none for numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = values.type
    if pa.types.is_string_view(kind) or pa.types.is_binary_view(kind):
        # Each has 16 bytes, of which the first 4 say how long it is.
        lengths = np.frombuffer(values.buffers()[1], dtype="<i4")[4 * values.offset :: 4][: len(values)]
        return np.where(values.is_null(), 0.0, lengths)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary, pa.types.is_large_binary)
    if any(is_text(kind) for is_text in texts):
        return np.asarray(pc.fill_null(pc.binary_length(values), 0), dtype=np.float64)
    return np.full(len(values), float(values.nbytes if pa.types.is_nested(kind) else 0))
