"""What an Arrow file unpacks to, from what its messages say of every buffer, before any of it is unpacked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import error, unpack_from
from typing import Any, Final

__all__ = ["file_messages", "unpacked_bytes"]

_DICTIONARY_BATCH: Final = 2
_RECORD_BATCH: Final = 3
_CONTINUED: Final = -1  # before the length of a message; files of before 2019 have the length alone
_NOT_PACKED: Final = -1  # in place of the length that a buffer unpacks to
_FOOTER: Final = 10  # bytes at the end of a file: the length of its footer, and ARROW1


def unpacked_bytes(messages: Iterable[tuple[Any, Any]]) -> Iterator[int]:
    r"""How many bytes each message holds once unpacked.

    A packed buffer begins with the length that it unpacks to, which a reader sets aside before it unpacks, and
    compares with what came of it: a message cannot unpack to more than it says.

    Parameters
    ----------
    messages
        Metadata and body of each, as bytes.

    Raises
    ------
    ValueError
        A message is not what the format says.

    References
    ----------
    Apache Arrow, Columnar format: Serialization and interprocess communication, Record batch messages.

    Examples
    --------
    >>> import pyarrow as pa
    >>> batch, sink = pa.record_batch({"a": [0] * 10_000}), pa.BufferOutputStream()
    >>> with pa.ipc.new_file(sink, batch.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as file:
    ...     file.write_batch(batch)
    >>> content = sink.getvalue().to_pybytes()
    >>> len(content) < 2000, list(unpacked_bytes(file_messages(content)))
    (True, [80000])
    """
    for metadata, body in messages:
        try:
            yield _unpacked(memoryview(metadata), memoryview(body))
        except error:
            raise ValueError("one of its messages is damaged") from None


def file_messages(content: bytes) -> Iterator[tuple[memoryview, memoryview]]:
    """Metadata and body of every batch, and of every dictionary, that the footer of a file names.

    Raises
    ------
    ValueError
        The footer is not what the format says.
    """
    whole = memoryview(content)
    try:
        (length,) = unpack_from("<i", whole, len(whole) - _FOOTER)
        footer = whole[len(whole) - _FOOTER - length : len(whole) - _FOOTER]
        top = _root(footer)
        for field in (2, 3):  # dictionaries, record batches
            for block in _structs(footer, top, field, 24):
                at, size = unpack_from("<qi", footer, block)
                (first,) = unpack_from("<i", whole, at)
                start = at + (8 if first == _CONTINUED else 4)
                yield whole[start : at + size], whole[at + size :]
    except error:
        raise ValueError("its footer is damaged") from None


def _unpacked(metadata: memoryview, body: memoryview) -> int:
    top = _root(metadata)
    kind, header = _field(metadata, top, 1), _table(metadata, top, 2)
    kind = unpack_from("<B", metadata, kind)[0] if kind else 0
    if kind == _DICTIONARY_BATCH:
        header = _table(metadata, header, 1)
    elif kind != _RECORD_BATCH:
        return 0
    packed = _field(metadata, header, 3)
    total = 0
    for buffer in _structs(metadata, header, 2, 16):
        at, length = unpack_from("<qq", metadata, buffer)
        if packed and length:
            (size,) = unpack_from("<q", body, at)
            length = length if size == _NOT_PACKED else size
        if length < 0:
            raise ValueError("a buffer says that it unpacks to less than nothing")
        total += length
    return total


# The metadata are flatbuffers: a table is a place, and says of each of its fields where that is.


def _root(buffer: memoryview) -> int:
    return int(unpack_from("<I", buffer)[0])


def _field(buffer: memoryview, table: int, number: int) -> int:
    """The place of a field of a table; 0 where it is left out."""
    fields = table - unpack_from("<i", buffer, table)[0]
    at = 4 + 2 * number
    if at >= unpack_from("<H", buffer, fields)[0]:
        return 0
    offset = unpack_from("<H", buffer, fields + at)[0]
    return int(table + offset) if offset else 0


def _table(buffer: memoryview, table: int, number: int) -> int:
    """The place of a table that is a field of another."""
    at = _field(buffer, table, number)
    if not at:
        raise ValueError("one of its messages has no content")
    return int(at + unpack_from("<I", buffer, at)[0])


def _structs(buffer: memoryview, table: int, number: int, size: int) -> Iterator[int]:
    """The places of the members of a field that is a list of structures, each of so many bytes."""
    if at := _field(buffer, table, number):
        start = at + unpack_from("<I", buffer, at)[0]
        yield from range(start + 4, start + 4 + size * unpack_from("<I", buffer, start)[0], size)
