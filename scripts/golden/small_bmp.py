"""BMP files of every kind that is read, for what Pillow does not write."""
import struct

import numpy


def padded(row):
    return row + bytes(-len(row) % 4)


def bits_of(indices, bits):
    """Rows of indices [H, W], packed, the lowest row first."""
    rows = []
    for row in indices[::-1]:
        text = "".join(format(int(index), f"0{bits}b") for index in row)
        text += "0" * (-len(text) % 8)
        rows.append(padded(bytes(int(text[at : at + 8], 2) for at in range(0, len(text), 8))))
    return b"".join(rows)


def bmp(width, height, bits, data, colours=(), compression=0, masks=(), header=40, named=None, offset=None):
    """@param named how many colours the header says that there are @param offset where it says that pixels begin"""
    if header == 12:
        second = struct.pack("<IHHHH", 12, width, height, 1, bits)
        palette = b"".join(bytes([b, g, r]) for r, g, b in colours)
    else:
        count = len(colours) if named is None else named
        second = struct.pack("<IiiHHIIiiII", header, width, height, 1, bits, compression, len(data), 2835, 2835, count, 0)
        second += b"".join(struct.pack("<I", mask) for mask in masks)
        second = second.ljust(header, b"\0") if header > 40 else second
        palette = b"".join(bytes([b, g, r, 0]) for r, g, b in colours)
    start = 14 + len(second) + len(palette)
    first = b"BM" + struct.pack("<IHHI", start + len(data), 0, 0, start if offset is None else offset)
    return first + second + palette + data


def runs(indices, halves):
    """Rows of indices as runs, every second one as it stands, the lowest row first; an even number of indices there."""
    data = b""
    for y, row in enumerate(indices[::-1]):
        x = 0
        while x < len(row):
            length = 1
            while x + length < len(row) and row[x + length] == row[x] and length < 255:
                length += 1
            literal = (min(len(row) - x, 6) // 2) * 2
            if length < 3 and y % 2 == 1 and literal >= 4:
                values = [int(value) for value in row[x : x + literal]]
                stored = bytes(16 * a + b for a, b in zip(values[::2], values[1::2])) if halves else bytes(values)
                data += bytes([0, literal]) + stored + bytes(len(stored) % 2)
                x += literal
            else:
                data += bytes([length, int(row[x]) * 17 if halves else int(row[x])])
                x += length
        data += b"\0\0"
    return data + b"\0\1"


def words(rgb, shifts, largest):
    """Rows of 16-bit pixels."""
    value = sum((rgb[:, :, at].astype(int) * largest[at] // 255) << shifts[at] for at in range(3))
    return b"".join(padded(row.astype("<u2").tobytes()) for row in value[::-1])


def all_kinds(ramp):
    """Files by their names. @param ramp (width, height, channels) gives an image [H, W, channels]"""
    width, height = 23, 17
    rgb, rgba = ramp(width, height), ramp(width, height, 4)
    colours = [((37 * i) % 256, (200 - 9 * i) % 256, (90 * i) % 256) for i in range(256)]
    y, x = numpy.mgrid[0:height, 0:width]
    indices = (x // 5 + y * (x % 3 == 0)) % 16
    many = (x * 11 + y * 7) % 200
    rows = b"".join(padded(row[:, ::-1].tobytes()) for row in rgb[::-1])
    wide = b"".join(row[:, [2, 1, 0, 3]].tobytes() for row in rgba[::-1])
    masks = (0xFF0000, 0xFF00, 0xFF, 0xFF000000)
    fields = [(0xF800, 0x7E0, 0x1F), (0x7C00, 0x3E0, 0x1F)]
    return {
        "bits-1.bmp": bmp(width, height, 1, bits_of(indices % 2, 1), colours[1:3]),
        "bits-4.bmp": bmp(width, height, 4, bits_of(indices, 4), colours[:16]),
        "bits-4-few-colours.bmp": bmp(width, height, 4, bits_of(indices % 5, 4), colours[:5]),
        "bits-8.bmp": bmp(width, height, 8, bits_of(many, 8), colours),
        "bits-8-no-colours.bmp": bmp(width, height, 8, bits_of(many, 8), colours, named=0),
        "bits-8-beyond-palette.bmp": bmp(width, height, 8, bits_of(many, 8), colours[:100]),
        "palette-not-counted.bmp": bmp(width, height, 8, bits_of(many, 8), colours, offset=54),
        "no-offset.bmp": bmp(width, height, 4, bits_of(indices, 4), colours[:16], offset=0),
        "runs-8.bmp": bmp(width, height, 8, runs(many // 20, False), colours[:10], 1),
        "runs-4.bmp": bmp(width, height, 4, runs(indices, True), colours[:16], 2),
        "top-down.bmp": bmp(width, -height, 24, rows),
        "runs-top-down.bmp": bmp(width, -height, 8, runs(many // 20, False), colours[:10], 1),
        "bits-24.bmp": bmp(width, height, 24, rows),
        "bits-24-fields.bmp": bmp(width, height, 24, rows, compression=3, masks=masks[:3]),
        "bits-32.bmp": bmp(width, height, 32, wide),
        "alpha.bmp": bmp(width, height, 32, wide, compression=3, masks=masks, header=108),
        "alpha-124.bmp": bmp(width, height, 32, wide, compression=3, masks=masks, header=124),
        "alpha-none.bmp": bmp(width, height, 32, wide, compression=3, masks=masks[:3]),
        "alpha-first.bmp": bmp(width, height, 32, wide, compression=3, masks=(0xFF000000, 0xFF0000, 0xFF00, 0xFF), header=108),
        "alpha-rgba.bmp": bmp(width, height, 32, wide, compression=3, masks=(0xFF, 0xFF00, 0xFF0000, 0xFF000000), header=108),
        "masks-zero.bmp": bmp(width, height, 32, wide, compression=3, masks=(0, 0, 0, 0), header=108),
        "bits-16.bmp": bmp(width, height, 16, words(rgb, (10, 5, 0), (31, 31, 31))),
        "fields-565.bmp": bmp(width, height, 16, words(rgb, (11, 5, 0), (31, 63, 31)), compression=3, masks=fields[0]),
        "fields-555.bmp": bmp(width, height, 16, words(rgb, (10, 5, 0), (31, 31, 31)), compression=3, masks=fields[1]),
        "os2.bmp": bmp(width, height, 8, bits_of(many, 8), colours, header=12),
        "os2-24.bmp": bmp(width, height, 24, rows, header=12),
        "os2-64.bmp": bmp(width, height, 24, rows, header=64),
    }
