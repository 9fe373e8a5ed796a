"""Writes Parquet files of small images with pyarrow, as Hugging Face's libraries do, into test/images/parquet, and what
Pillow and pyarrow read in them into test/images/parquet/expected.json.

    python3 -m venv venv && venv/bin/pip install pyarrow pillow numpy
    venv/bin/python scripts/golden/parquet_images.py
"""

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

FOLDER = Path(__file__).parents[2] / "test/images/parquet"
IMAGE = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
NAMES = ["tench", "goldfish", "great white shark"]
random = np.random.default_rng(7)


def encoded(kind="PNG"):
    """A file of an image of 6 rows and 8 columns."""
    file = io.BytesIO()
    Image.fromarray(random.integers(0, 256, (6, 8, 3), dtype=np.uint8)).save(file, kind)
    return file.getvalue()


def images(count, **changes):
    rows = [{"bytes": encoded(), "path": f"n{i % 3}/img_{i}.png"} for i in range(count)]
    for at, row in changes.items():
        rows[int(at[1:])] = row
    return pa.array(rows, IMAGE)


def labels(count):
    return pa.array([i % 3 for i in range(count)], pa.int64())


def noted(table, label="label"):
    features = {"image": {"_type": "Image"}, label: {"_type": "ClassLabel", "names": NAMES}}
    return table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def plain(count=12):
    return noted(pa.table({"image": images(count), "label": labels(count)}))


expected = {}


def write(name, table, column="image", **options):
    path = FOLDER / f"{name}.parquet"
    pq.write_table(table, path, **options)
    rows = []
    for image in pq.read_table(path).column(column).to_pylist()[:12]:
        data = image["bytes"] if isinstance(image, dict) else image
        if not data:
            rows.append(None)
            continue
        pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
        rows.append({"bytes": hashlib.sha256(data).hexdigest(), "pixels": hashlib.sha256(pixels.tobytes()).hexdigest()})
    expected[name] = rows


FOLDER.mkdir(exist_ok=True)
# A page of numbers behind a dictionary of all images in each group, as a hundred images a group come out.
write("dictionary-snappy", plain(), row_group_size=5)
# Many pages in a group; behind the dictionary's limit the rest of them is plain.
write("fallback-none", plain(), compression="NONE", dictionary_pagesize_limit=400, write_batch_size=2, data_page_size=1)
write("plain-zstd", plain(), compression="zstd", use_dictionary=False, write_batch_size=3, data_page_size=1,
      data_page_version="2.0", write_page_checksum=True)
write("plain-gzip", plain(), compression="gzip", use_dictionary=False, row_group_size=7, write_page_checksum=True)
write("dictionary-brotli", plain(), compression="brotli", data_page_version="2.0")
# A column as other writers have it, without names, and twice the same images.
same = encoded()
write("bytes", pa.table({"image": pa.array([same, encoded("JPEG"), same], pa.binary()),
                         "label": pa.array([0, -1, 2], pa.int32())}))
write("nulls", noted(pa.table({
    "image": images(6, _1=None, _2={"bytes": None, "path": "n2/elsewhere.png"}, _4={"bytes": b"", "path": None}),
    "label": pa.array([0, 1, None, -1, 2, 1], pa.int64())})))
write("two-columns", pa.table({"left": images(3), "right": images(3), "fine": labels(3)}), column="right")
write("required", pa.Table.from_arrays(
    [pa.StructArray.from_arrays([pa.array([encoded() for _ in range(3)], pa.binary())],
                                fields=[pa.field("bytes", pa.binary(), nullable=False)]), labels(3)],
    schema=pa.schema([pa.field("image", pa.struct([pa.field("bytes", pa.binary(), nullable=False)]), nullable=False),
                      pa.field("label", pa.int64(), nullable=False)])))
write("texts", pa.table({"image": images(4), "label": pa.array(["dog", "cat", None, "dog"])}))
write("large-runs", pa.table({"image": pa.array([same] * 700, pa.binary()),
                              "label": pa.array([i // 300 for i in range(700)], pa.int64())}))

# What is refused.
one = pa.table({"image": images(2), "label": labels(2)})
pq.write_table(one, FOLDER / "lz4.parquet", compression="lz4")
pq.write_table(one, FOLDER / "delta.parquet", use_dictionary=False,
               column_encoding={"image.bytes": "DELTA_LENGTH_BYTE_ARRAY"})
pq.write_table(pa.table({"images": pa.array([[{"bytes": same, "path": None}]], pa.list_(IMAGE)),
                         "label": pa.array([[1]], pa.list_(pa.int64()))}), FOLDER / "lists.parquet")
pq.write_table(pa.table({"image": pa.array([{"bytes": None, "path": "a.png"}] * 3, IMAGE), "label": labels(3)}),
               FOLDER / "paths.parquet")
pq.write_table(pa.table({"image": images(2), "label": pa.array([0.5, 1.0])}), FOLDER / "fractions.parquet")
pq.write_table(noted(pa.table({"image": images(2), "label": pa.array([0, 3], pa.int64())})), FOLDER / "outside.parquet")

import pyarrow.parquet.encryption as pe  # noqa: E402


class Keys(pe.KmsClient):
    """Keys that are no secret."""

    def __init__(self, _):
        pe.KmsClient.__init__(self)

    def wrap_key(self, key, _):
        return key.hex()

    def unwrap_key(self, wrapped, _):
        return bytes.fromhex(wrapped)


for name, plaintext in (("encrypted", False), ("encrypted-column", True)):
    factory = pe.CryptoFactory(Keys)
    config = pe.EncryptionConfiguration(footer_key="f", column_keys={"c": ["image.bytes"]}, plaintext_footer=plaintext)
    properties = factory.file_encryption_properties(pe.KmsConnectionConfig(), config)
    with pq.ParquetWriter(FOLDER / f"{name}.parquet", one.schema, encryption_properties=properties) as writer:
        writer.write_table(one)

(FOLDER / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
