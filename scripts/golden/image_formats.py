"""Writes small image files of every format and mode, and the pixels that Pillow reads from them, into test/images/golden.

    python3 scripts/golden/image_formats.py test/images/golden

Pixels are what torchvision's image loader hands on: Image.open(file).convert("RGB"), as raw bytes [H, W, 3]; of
convert("L") there is a digest. The one
exception is 16-bit grey, which Pillow clips at 255 and grodin divides by 256, as Pillow itself does with 16-bit RGB.
"""
import hashlib
import io
import json
import struct
import sys
import zlib
from pathlib import Path

import numpy
import small_bmp
import small_jpeg
from PIL import Image, ImageFile

files = {}
expected = {}
greys = {}
truncated = set()


def ramp(width, height, channels=3):
    """Smooth colours with a little texture, different in every channel."""
    y, x = numpy.mgrid[0:height, 0:width]
    planes = [
        (x * 255 // max(1, width - 1) + 7 * (y % 3)) % 256,
        (y * 255 // max(1, height - 1) + 5 * (x % 4)) % 256,
        (255 - (x + y) * 255 // max(1, width + height - 2)),
        ((x * 13 + y * 29) % 256),
    ]
    return numpy.stack(planes[:channels], axis=-1).astype(numpy.uint8)


def add(name, image, **how):
    stream = io.BytesIO()
    image.save(stream, **how)
    add_bytes(name, stream.getvalue())


def add_bytes(name, data, pixels=None):
    files[name] = data
    if pixels is None:
        with Image.open(io.BytesIO(data)) as image:
            pixels = numpy.asarray(image.convert("RGB"))
        with Image.open(io.BytesIO(data)) as image:
            greys[name] = numpy.asarray(image.convert("L"))
    else:
        greys[name] = numpy.asarray(Image.fromarray(pixels).convert("L"))
    assert pixels.dtype == numpy.uint8 and pixels.ndim == 3, name
    expected[name] = pixels


rgb = Image.fromarray(ramp(23, 17))
rgba = Image.fromarray(ramp(23, 17, 4), "RGBA")
grey = Image.fromarray(ramp(23, 17)[:, :, 0])
bits = grey.convert("1")
cmyk = Image.fromarray(ramp(23, 17, 4), "CMYK")
palette = rgb.quantize(13)
small_palette = rgb.quantize(3)
deep = (ramp(23, 17).astype(numpy.uint16) * 256 + ramp(23, 17)[::-1]).astype(numpy.uint16)


def png(width, height, depth, colour, rows, chunks=(), interlace=0):
    """A PNG file of raw filtered-free rows, for what Pillow does not write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    parts = [chunk(b"IHDR", header), *[chunk(kind, data) for kind, data in chunks], chunk(b"IDAT", body)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IEND", b"")


def png_rows(array):
    big = array.astype(">u2") if array.dtype == numpy.uint16 else array
    return [row.tobytes() for row in big]


def exif(orientation):
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags.tobytes()


# JPEG
add("rgb-420.jpg", rgb, format="JPEG", quality=85)
add("rgb-444.jpg", rgb, format="JPEG", quality=95, subsampling=0)
add("rgb-422.jpg", rgb, format="JPEG", quality=60, subsampling=1)
add("rgb-progressive.jpg", rgb, format="JPEG", quality=80, progressive=True)
add("grey.jpg", grey, format="JPEG", quality=85)
add("cmyk.jpg", cmyk, format="JPEG", quality=90)
add("cmyk-progressive.jpg", cmyk, format="JPEG", quality=70, progressive=True)
add("orientation-6.jpg", rgb, format="JPEG", exif=exif(6))
add("odd-1x1.jpg", Image.fromarray(ramp(1, 1)), format="JPEG")
add("odd-1x40.jpg", Image.fromarray(ramp(1, 40)), format="JPEG")
add("odd-65x3.jpg", Image.fromarray(ramp(65, 3)), format="JPEG")
jpeg = files["rgb-420.jpg"]


def after_soi(jpeg, *segments):
    return jpeg[:2] + b"".join(b"\xff" + bytes([m]) + struct.pack(">H", len(d) + 2) + d for m, d in segments) + jpeg[2:]


def adobe(transform):
    return 0xEE, b"Adobe" + struct.pack(">HHHB", 100, 0, 0, transform)


cmyk_jpeg = files["cmyk.jpg"]
end_of_app = cmyk_jpeg.index(b"\xff\xdb")
bare = cmyk_jpeg[:2] + cmyk_jpeg[end_of_app:]
add_bytes("cmyk-no-adobe.jpg", bare)
add_bytes("cmyk-adobe-0.jpg", after_soi(bare, adobe(0)))
add_bytes("ycck.jpg", after_soi(bare, adobe(2)))
rgb_444 = files["rgb-444.jpg"]
bare_rgb = rgb_444[:2] + rgb_444[rgb_444.index(b"\xff\xdb"):]
add_bytes("rgb-no-jfif.jpg", bare_rgb)
add_bytes("rgb-adobe-0.jpg", after_soi(bare_rgb, adobe(0)))
add_bytes("trailing-bytes.jpg", jpeg + b"some bytes that do not belong here" * 9)
add_bytes("corrupt-exif.jpg", after_soi(jpeg, (0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff broken")))
add_bytes("jpeg-named.png", jpeg)

from PIL import ImageCms  # noqa: E402

srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
# Without the time at which it was made, so that the same files come each time.
srgb = srgb[:24] + struct.pack(">6H", 2022, 1, 1, 0, 0, 0) + srgb[36:]
# A profile that swaps red and blue would show at once where it is applied: its primaries are moved by hand.
swapped = bytearray(srgb)
count = struct.unpack(">I", srgb[128:132])[0]
tags = {srgb[132 + 12 * i : 136 + 12 * i]: struct.unpack(">II", srgb[136 + 12 * i : 144 + 12 * i]) for i in range(count)}
red, blue = tags[b"rXYZ"], tags[b"bXYZ"]
swapped[red[0] : red[0] + 20], swapped[blue[0] : blue[0] + 20] = (
    srgb[blue[0] : blue[0] + 20],
    srgb[red[0] : red[0] + 20],
)
add("icc-swapped.jpg", rgb, format="JPEG", quality=90, icc_profile=bytes(swapped))
add("icc-swapped.png", rgb, format="PNG", icc_profile=bytes(swapped))
add("icc-swapped.tif", rgb, format="TIFF", icc_profile=bytes(swapped))
add("icc-swapped.webp", rgb, format="WEBP", lossless=True, icc_profile=bytes(swapped))

# PNG
add("rgb.png", rgb, format="PNG")
add("rgba.png", rgba, format="PNG")
add("grey.png", grey, format="PNG")
add("grey-alpha.png", Image.merge("LA", (grey, rgba.getchannel("A"))), format="PNG")
add("bits.png", bits, format="PNG")
add("palette.png", palette, format="PNG")
add("palette-2-bits.png", small_palette, format="PNG", bits=2)
add("palette-transparent.png", palette, format="PNG", transparency=2)
add("palette-alpha-table.png", palette, format="PNG", transparency=bytes(range(0, 130, 10)))
add("rgb-transparent-colour.png", rgb, format="PNG", transparency=tuple(int(v) for v in ramp(23, 17)[0, 0]))
add("orientation-8.png", rgb, format="PNG", exif=exif(8))
levels = numpy.arange(16, dtype=numpy.uint8).reshape(2, 8)
packed = [bytes(row[0::2] * 16 + row[1::2]) for row in levels]
add_bytes("grey-4-bits.png", png(8, 2, 4, 0, packed))
add_bytes("grey-2-bits.png", png(8, 2, 2, 0, [bytes([0b00011011, 0b11100100])] * 2))
add_bytes("grey-transparent.png", png(23, 17, 8, 0, png_rows(ramp(23, 17)[:, :, 0]), [(b"tRNS", b"\0\x05")]))
add_bytes("rgb-16.png", png(23, 17, 16, 2, png_rows(deep)))
add_bytes("rgba-16.png", png(23, 17, 16, 6, png_rows(numpy.concatenate([deep, deep[:, :, :1]], axis=2))))
add_bytes("grey-alpha-16.png", png(23, 17, 16, 4, png_rows(deep[:, :, :2].copy())))
sixteen = numpy.repeat((deep[:, :, :1] >> 8).astype(numpy.uint8), 3, axis=2)
add_bytes("grey-16.png", png(23, 17, 16, 0, png_rows(deep[:, :, 0].copy())), sixteen)
add_bytes("gamma.png", png(23, 17, 8, 2, png_rows(ramp(23, 17)), [(b"gAMA", struct.pack(">I", 100000))]))
add_bytes("trailing-bytes.png", files["rgb.png"] + b"\0" * 50)
add_bytes("png-named.jpg", files["rgb.png"])
add("wide-90x2.png", Image.fromarray(ramp(90, 2)), format="PNG")
add("tall-2x90.png", Image.fromarray(ramp(2, 90)), format="PNG")


def interlaced(array):
    """Adam7, row filter 0."""
    passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = [row.tobytes() for x, y, dx, dy in passes for row in array[y::dy, x::dx] if row.size > 0]
    return png(array.shape[1], array.shape[0], 8, 2, rows, interlace=1)


add_bytes("interlaced.png", interlaced(ramp(23, 17)))

# WebP
add("lossy.webp", rgb, format="WEBP", quality=80)
add("lossless.webp", rgb, format="WEBP", lossless=True)
add("lossy-alpha.webp", rgba, format="WEBP", quality=80)
add("lossless-alpha.webp", rgba, format="WEBP", lossless=True, exact=True)
add("orientation-3.webp", rgb, format="WEBP", lossless=True, exif=exif(3))
add("animated.webp", rgb, format="WEBP", save_all=True, append_images=[rgb.rotate(180)], lossless=True)

# TIFF
for orientation in range(1, 9):
    add(f"orientation-{orientation}.tif", rgb, format="TIFF", tiffinfo={0x0112: orientation})
add("lzw.tif", rgb, format="TIFF", compression="tiff_lzw")
add("deflate.tif", rgb, format="TIFF", compression="tiff_adobe_deflate")
add("packbits.tif", rgb, format="TIFF", compression="packbits")
add("jpeg.tif", rgb, format="TIFF", compression="jpeg")
add("rgba.tif", rgba, format="TIFF")
add("grey.tif", grey, format="TIFF")
add("grey-alpha.tif", Image.merge("LA", (grey, rgba.getchannel("A"))), format="TIFF")
add("palette.tif", palette, format="TIFF")
add("bits.tif", bits, format="TIFF")
add("bits-group4.tif", bits, format="TIFF", compression="group4")
add("cmyk.tif", cmyk, format="TIFF")


def tiff(tags, strips, order="<"):
    """A little TIFF file: tags as {tag: (type, values)}, one strip of pixel bytes."""
    entries = dict(tags)
    count = len(entries) + 2
    extra_at = 8 + 2 + 12 * count + 4
    extra = b""
    entries[279] = (4, [len(strips)])
    entries[273] = (4, [0])
    sizes = {3: "H", 4: "I"}

    def encode(kind, values):
        return struct.pack(f"{order}{len(values)}{sizes[kind]}", *values)

    for kind, values in entries.values():
        data = encode(kind, values)
        extra += data if len(data) > 4 else b""
    entries[273] = (4, [extra_at + len(extra)])
    body = struct.pack(f"{order}H", count)
    offset = extra_at
    for tag in sorted(entries):
        kind, values = entries[tag]
        data = encode(kind, values)
        body += struct.pack(f"{order}HHI", tag, kind, len(values))
        if len(data) > 4:
            body += struct.pack(f"{order}I", offset)
            offset += len(data)
        else:
            body += data.ljust(4, b"\0")
    extras = b"".join(encode(*entries[tag]) for tag in sorted(entries) if len(encode(*entries[tag])) > 4)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8)
    return head + body + struct.pack(f"{order}I", 0) + extras + strips


def tiff_of(array, photometric, order="<", **more):
    height, width, samples = array.shape
    bits_each = 16 if array.dtype == numpy.uint16 else 8
    tags = {
        256: (3, [width]),
        257: (3, [height]),
        258: (3, [bits_each] * samples),
        259: (3, [1]),
        262: (3, [photometric]),
        277: (3, [samples]),
        278: (3, [height]),
        **{int(tag): value for tag, value in more.get("tags", {}).items()},
    }
    data = array.astype(array.dtype.newbyteorder(order)).tobytes()
    return tiff(tags, data, order)


add_bytes("rgb-16.tif", tiff_of(deep, 2))
add_bytes("rgb-16-big-endian.tif", tiff_of(deep, 2, ">"))
add_bytes("grey-16.tif", tiff_of(deep[:, :, :1].copy(), 1), sixteen)
add_bytes("grey-white-is-zero.tif", tiff_of(ramp(23, 17)[:, :, :1].copy(), 0))
alpha = ramp(23, 17, 4)
premultiplied = alpha.copy()
premultiplied[:, :, :3] = (alpha[:, :, :3].astype(int) * alpha[:, :, 3:] // 255).astype(numpy.uint8)
add_bytes("rgba-premultiplied.tif", tiff_of(premultiplied, 2, tags={338: (3, [1])}))
add_bytes("rgb-extra.tif", tiff_of(alpha, 2, tags={338: (3, [0])}))
cmyk_deep = (ramp(23, 17, 4).astype(numpy.uint16) * 256 + ramp(23, 17, 4)[::-1]).astype(numpy.uint16)
add_bytes("cmyk-16.tif", tiff_of(cmyk_deep, 5))
add_bytes("cmyk-orientation-6.tif", tiff_of(ramp(23, 17, 4), 5, tags={274: (3, [6])}))
add("planar.tif", rgb, format="TIFF", compression="tiff_adobe_deflate", tiffinfo={284: 1})
first = Image.fromarray(ramp(9, 6))
add("two-pages.tif", first, format="TIFF", save_all=True, append_images=[rgb])

# GIF


def gif(screen, frame, indices, colours=None, local=None, transparent=None, background=0, interlace=False, more=b""):
    """A GIF file of one frame whose codes are 9 bits wide: a clear code before every code keeps them so."""
    width, height = screen
    x, y, w, h = frame
    flags = 0x80 | (len(colours).bit_length() - 2) if colours else 0
    data = b"GIF89a" + struct.pack("<HHBBB", width, height, flags, background, 0)
    data += b"".join(bytes(c) for c in colours or [])
    if transparent is not None:
        data += b"!\xf9\x04" + bytes([1]) + b"\0\0" + bytes([transparent]) + b"\0"
    local_flags = 0x80 | (len(local).bit_length() - 2) if local else 0
    data += b"," + struct.pack("<HHHHB", x, y, w, h, local_flags | (0x40 if interlace else 0))
    data += b"".join(bytes(c) for c in local or [])
    codes = [code for index in indices for code in (256, index)] + [257]
    number, length = 0, 0
    body = bytearray()
    for code in codes:
        number |= code << length
        length += 9
        while length >= 8:
            body.append(number & 255)
            number >>= 8
            length -= 8
    if length:
        body.append(number & 255)
    data += b"\x08"
    for at in range(0, len(body), 255):
        block = bytes(body[at : at + 255])
        data += bytes([len(block)]) + block
    return data + b"\0" + more + b";"


colours = [(10 * i % 256, 200 - 9 * i % 200, 37 * i % 256) for i in range(16)]
pattern = [(3 * i + i // 7) % 16 for i in range(9 * 7)]
add("palette.gif", palette, format="GIF")
add("grey.gif", grey, format="GIF")
add("interlaced.gif", palette, format="GIF", interlace=True)
add("transparent.gif", palette, format="GIF", transparency=3)
add("animated.gif", palette, format="GIF", save_all=True, append_images=[palette.rotate(180)], loop=0)
add_bytes("offset.gif", gif((20, 15), (4, 5, 9, 7), pattern, colours, background=5))
add_bytes("offset-transparent.gif", gif((20, 15), (4, 5, 9, 7), pattern, colours, transparent=6, background=5))
add_bytes("transparent-first-colour.gif", gif((9, 7), (0, 0, 9, 7), pattern, colours, transparent=0))
add_bytes("local-palette.gif", gif((9, 7), (0, 0, 9, 7), pattern, colours[::-1], local=colours, transparent=2))
add_bytes("no-palette.gif", gif((9, 7), (0, 0, 9, 7), [17 * p for p in pattern]))
add_bytes("frame-beyond-screen.gif", gif((6, 5), (0, 0, 9, 7), pattern, colours))
add_bytes("short-palette.gif", gif((9, 7), (0, 0, 9, 7), [p + 30 * (p % 2) for p in pattern], colours))
add_bytes("interlaced-offset.gif", gif((20, 15), (3, 2, 9, 7), pattern, colours, interlace=True))


# JPEG files of samplings and with markers that Pillow does not write
for name, sampling in [
    ("410", [(4, 2), (1, 1), (1, 1)]),
    ("411", [(4, 1), (1, 1), (1, 1)]),
    ("440", [(1, 2), (1, 1), (1, 1)]),
    ("mixed", [(2, 2), (2, 1), (1, 2)]),
]:
    add_bytes(f"rgb-{name}.jpg", small_jpeg.encode(ramp(45, 37), sampling))
add_bytes("restart-markers.jpg", small_jpeg.encode(ramp(45, 37), [(2, 2), (1, 1), (1, 1)], 2))
add_bytes("restart-markers-411.jpg", small_jpeg.encode(ramp(45, 37), [(4, 1), (1, 1), (1, 1)], 1))

# BMP
for name, data in small_bmp.all_kinds(ramp).items():
    add_bytes(name, data)
add("grey.bmp", grey, format="BMP")
add("bits.bmp", bits, format="BMP")
add("palette.bmp", palette, format="BMP")
add("rgb.bmp", rgb, format="BMP")
add("rgba.bmp", rgba, format="BMP")
add_bytes("bmp-named.png", files["rgb.bmp"])
add_bytes("trailing-bytes.bmp", files["rgb.bmp"] + b"more")

# TIFF in tiles: left to right, top to bottom, padded


def tiled(array, tile):
    height, width, samples = array.shape
    across, down = -(-width // tile), -(-height // tile)
    whole = numpy.pad(array, ((0, down * tile - height), (0, across * tile - width), (0, 0)))
    tiles = [
        zlib.compress(whole[y : y + tile, x : x + tile].tobytes())
        for y in range(0, down * tile, tile)
        for x in range(0, across * tile, tile)
    ]
    tags = [
        (256, 3, [width]),
        (257, 3, [height]),
        (258, 3, [8] * samples),
        (259, 3, [8]),
        (262, 3, [2 if samples == 3 else 1]),
        (277, 3, [samples]),
        (322, 3, [tile]),
        (323, 3, [tile]),
        (324, 4, [0] * len(tiles)),
        (325, 4, [len(one) for one in tiles]),
    ]
    at = 8 + 2 + 12 * len(tags) + 4
    sizes = {3: 2, 4: 4}
    start = at + sum(sizes[kind] * len(values) for _, kind, values in tags if sizes[kind] * len(values) > 4)
    offsets = [start + sum(len(one) for one in tiles[:index]) for index in range(len(tiles))]
    body, extra = b"", b""
    for tag, kind, values in tags:
        data = struct.pack(f"<{len(values)}{'H' if kind == 3 else 'I'}", *(offsets if tag == 324 else values))
        body += struct.pack("<HHI", tag, kind, len(values))
        if len(data) > 4:
            body += struct.pack("<I", at + len(extra))
            extra += data
        else:
            body += data.ljust(4, b"\0")
    return b"II*\0" + struct.pack("<IH", 8, len(tags)) + body + b"\0\0\0\0" + extra + b"".join(tiles)


add_bytes("tiles.tif", tiled(ramp(45, 37), 16))
add_bytes("tiles-grey.tif", tiled(ramp(45, 37)[:, :, :1].copy(), 32))

# Files that end before their image does, as Pillow loads them where it is told to


def add_cut(name, data):
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    add_bytes(f"truncated-{name}", data)
    truncated.add(f"truncated-{name}")
    ImageFile.LOAD_TRUNCATED_IMAGES = False


def add_truncated(name, data, part):
    add_cut(f"{part}-{name}", data[: int(part * len(data))])


def encoded(image, **how):
    stream = io.BytesIO()
    image.save(stream, **how)
    return stream.getvalue()


noise = numpy.random.default_rng(5).integers(0, 40, (40, 48, 4))
rough = numpy.clip(ramp(48, 40, 4) * 0.8 + noise, 0, 255).astype(numpy.uint8)
large, large_alpha = Image.fromarray(rough[:, :, :3].copy()), Image.fromarray(rough, "RGBA")
for part in [0.6, 0.95]:
    add_truncated("420.jpg", encoded(large, format="JPEG", quality=90), part)
    add_truncated("444.jpg", encoded(large, format="JPEG", quality=90, subsampling=0), part)
    add_truncated("grey.jpg", encoded(large.convert("L"), format="JPEG", quality=95), part)
    add_truncated("cmyk.jpg", encoded(Image.fromarray(rough, "CMYK"), format="JPEG", quality=90), part)
    add_truncated("progressive.jpg", encoded(large, format="JPEG", quality=90, progressive=True), part)
    restarts = small_jpeg.encode(rough[:, :, :3], [(2, 2), (1, 1), (1, 1)], 2, 2)
    add_truncated("restart-markers.jpg", restarts, part)
    add_truncated("rgb.png", encoded(large, format="PNG"), part)
    add_truncated("rgba.png", encoded(large_alpha, format="PNG"), part)
    add_truncated("grey.png", encoded(large.convert("L"), format="PNG"), part)
    add_truncated("palette.png", encoded(large.quantize(50), format="PNG"), part)
    add_truncated("interlaced.png", interlaced(rough[:, :, :3]), part)
    add_truncated("rgb.bmp", encoded(large, format="BMP"), part)
    add_truncated("palette.bmp", encoded(large.quantize(50), format="BMP"), part)

# Of several scans, cut in the middle of one, and in the header before the next: the last of these leaves Pillow without a pixel.
for kind, image in (("grey", large.convert("L")), ("444", large), ("cmyk", Image.fromarray(rough, "CMYK"))):
    scans = encoded(image, format="JPEG", quality=70, progressive=True, subsampling=0)
    third = [at for at in range(len(scans) - 1) if scans[at : at + 2] == b"\xff\xda"][2]
    for where, end in (("in-scan", third + 30), ("before-scan", third + 5)):
        add_cut(f"{where}-{kind}.jpg", scans[:end])


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    index = {}
    pixels = b""
    for name in sorted(files):
        (folder / name).write_bytes(files[name])
        height, width, _ = expected[name].shape
        index[name] = {"width": width, "height": height, "offset": len(pixels)}
        if name in truncated:
            index[name]["truncated"] = True
        index[name]["grey"] = hashlib.sha256(greys[name].tobytes()).hexdigest()[:24]
        pixels += expected[name].tobytes()
    (folder / "pixels.rgb").write_bytes(pixels)
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
