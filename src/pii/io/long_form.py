"""Every stage of every unit and node as Parquet, whose columns other programs can count on."""

from __future__ import annotations

import io
from collections.abc import Mapping

from pii.report.records import FORMAT
from pii.result import Result

__all__ = ["COLUMNS", "long_parquet"]

COLUMNS: Mapping[str, str] = {
    "unit": "code of the unit",
    "name": "name of the unit",
    "period": "year or edition of the table",
    "node": "code of the indicator or group",
    "parent": "code of its group; empty for the index",
    "level": "how far below the index: the index 0, its children 1",
    "kind": "indicator or group",
    "measured": "the value as measured, in the indicator's own unit",
    "ratio": "put per its denominator, where it has one",
    "completed": "with gaps filled",
    "treated": "with outliers and skew tempered",
    "score": "the score on the common scale, unrounded",
    "share": "the weight among its siblings, which sum to 1",
    "effective": "the weight in the index: the shares down to the node multiplied",
    "contribution": "what the node brings to the unit's index score; those of the indicators sum to it",
    "rank": "the place among the ranked units by this node's score",
    "imputed": "whether the value was filled in",
    "treatment": "what was done to the indicator's outliers and skew; empty for nothing",
}
"""What the columns hold; each is the ``description`` of its field in the file."""


def long_parquet(result: Result) -> bytes:
    """One row a ranked unit and node; title, scheme and format stand in the metadata, and what each column holds.

    Examples
    --------
    >>> from pii.compute import compute
    >>> from pii.io.samples import read_sample
    >>> import pyarrow.parquet as pq
    >>> table = pq.read_table(io.BytesIO(long_parquet(compute(*read_sample()))))
    >>> table.num_rows, table.schema.metadata[b"scheme"], table.schema.field("share").metadata[b"description"]
    (2720, b'pii-2025', b'the weight among its siblings, which sum to 1')
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_pandas(result.to_long(), preserve_index=False)
    about = {b"title": result.title.encode(), b"scheme": result.scheme.code.encode(), b"format": b"%d" % FORMAT}
    fields = [field.with_metadata({b"description": COLUMNS[field.name].encode()}) for field in table.schema]
    described = table.cast(pa.schema(fields)).replace_schema_metadata((table.schema.metadata or {}) | about)
    buffer = io.BytesIO()
    pq.write_table(described, buffer, compression="zstd")
    return buffer.getvalue()
