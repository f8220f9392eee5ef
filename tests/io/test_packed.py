"""What Arrow files say that they unpack to is what comes of them, and what is damaged is said."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pii.errors import TableError
from pii.io.packed import file_messages, unpacked_bytes
from pii.io.tables import read_table
from tests import strategies

TABLE = pa.table(
    {
        "code": list(map(str, range(1_000))),
        "a": pa.array(np.arange(1_000.0)),
        "b": pa.array(["north", "south"] * 500).dictionary_encode(),
        "c": pa.array([None, 2.0] * 500),
    }
)


def written(kind: Any, compression: Any) -> bytes:
    """The table as a file or a stream of two batches."""
    sink = pa.BufferOutputStream()
    with kind(sink, TABLE.schema, options=pa.ipc.IpcWriteOptions(compression=compression)) as content:
        content.write_table(TABLE, max_chunksize=500)
    return bytes(sink.getvalue().to_pybytes())


def test_it_is_what_the_buffers_of_every_batch_have() -> None:
    """Those of the dictionary come before; a file that is not packed says the same as one that is."""
    plain = list(unpacked_bytes(file_messages(written(pa.ipc.new_file, None))))
    assert len(plain) == 3
    for compression in ("lz4", "zstd"):
        content = written(pa.ipc.new_file, compression)
        packed = list(unpacked_bytes(file_messages(content)))
        batches = pa.ipc.open_file(content)
        for said, at in zip(packed[1:], range(2), strict=True):
            buffers = [one for column in batches.get_batch(at).columns for one in column.buffers() if one]
            assert said == sum(one.size for one in buffers) == plain[1 + at]


def test_a_stream_says_what_a_file_says() -> None:
    """Message by message, after the one of the schema, which has nothing to unpack."""
    stream = pa.ipc.MessageReader.open_stream(written(pa.ipc.new_stream, "zstd"))
    found = list(unpacked_bytes((one.metadata, one.body) for one in stream))
    assert found == [0, *unpacked_bytes(file_messages(written(pa.ipc.new_file, "zstd")))]


@given(st.sampled_from([".arrow", ".feather"]), st.integers(0, 10_000), st.integers(0, 255))
@strategies.quick
def test_a_file_with_a_byte_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, ending: str, at: int, byte: int
) -> None:
    """Whichever it is: of the footer, of the metadata or of what is packed."""
    content = bytearray(written(pa.ipc.new_file if ending == ".arrow" else pa.ipc.new_stream, "lz4"))
    content[at % len(content)] = byte
    path = tmp_path_factory.mktemp("changed") / f"table{ending}"
    path.write_bytes(content)
    said = ""
    try:
        read_table(path)
    except TableError as refusal:
        said = str(refusal)
    assert not said or str(path) in said


def test_what_ends_in_the_middle_is_refused(tmp_path: Path) -> None:
    """A footer that points out of the file, and a message without content."""
    content = written(pa.ipc.new_file, "lz4")
    with pytest.raises(ValueError, match="its footer is damaged"):
        list(file_messages(content[:20] + content[-10:]))
    with pytest.raises(ValueError, match="one of its messages is damaged"):
        list(unpacked_bytes([(b"\x10", b"")]))
    path = tmp_path / "table.arrow"
    path.write_bytes(content[: len(content) // 2] + content[-10:])
    with pytest.raises(TableError, match="the file cannot be read"):
        read_table(path)


def test_a_message_without_content_or_of_less_than_nothing_is_refused() -> None:
    """Neither comes of a writer, and nothing may be set aside for either."""
    table_without_fields = struct.pack("<IHHi", 8, 4, 4, 4)
    with pytest.raises(ValueError, match="one of its messages has no content"):
        list(unpacked_bytes([(table_without_fields, b"")]))
    _, (metadata, body), *_ = file_messages(written(pa.ipc.new_file, "lz4"))
    with pytest.raises(ValueError, match="unpacks to less than nothing"):
        list(unpacked_bytes([(metadata, struct.pack("<q", -5) + bytes(body[8:]))]))
