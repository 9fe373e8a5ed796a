"""A small baseline JPEG encoder, for what Pillow does not write: any sampling of the colours, restart markers."""
import struct

import numpy

# Lengths and values of Huffman codes as the standard suggests them (Annex K), for all components alike.
DC_LENGTHS = [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
DC_VALUES = list(range(12))
# Codes of 8 bits for every run and size that there can be: longer than need be, and right.
AC_VALUES = [0x00, 0xF0] + [16 * run + size for run in range(16) for size in range(1, 11)]
AC_LENGTHS = [0] * 7 + [len(AC_VALUES)] + [0] * 8

ZIGZAG = sorted(range(64), key=lambda at: (at // 8 + at % 8, at % 8 if (at // 8 + at % 8) % 2 == 0 else at // 8))


def codes(lengths, values):
    table, code, at = {}, 0, 0
    for length, count in enumerate(lengths, 1):
        for value in values[at : at + count]:
            table[value] = (code, length)
            code += 1
        at += count
        code <<= 1
    return table


DC, AC = codes(DC_LENGTHS, DC_VALUES), codes(AC_LENGTHS, AC_VALUES)
BASIS = numpy.array(
    [[(0.5 if k else 0.5**0.5 / 2) * numpy.cos((2 * n + 1) * k * numpy.pi / 16) for n in range(8)] for k in range(8)]
)


class Bits:
    def __init__(self):
        self.data, self.number, self.length = bytearray(), 0, 0

    def put(self, value, length):
        self.number, self.length = (self.number << length) | value, self.length + length
        while self.length >= 8:
            byte = (self.number >> (self.length - 8)) & 255
            self.data += bytes([byte, 0] if byte == 255 else [byte])
            self.length -= 8
        self.number &= (1 << self.length) - 1

    def restart(self, marker):
        self.end()
        self.data += bytes([255, 0xD0 + marker])

    def end(self):
        if self.length:
            self.put((1 << (8 - self.length)) - 1, 8 - self.length)


def put_number(bits, value, size):
    if size:
        bits.put(value if value >= 0 else value + (1 << size) - 1, size)


def put_block(bits, levels, quantum, before):
    found = numpy.rint(BASIS @ (levels - 128.0) @ BASIS.T / quantum).astype(int).flatten()
    numbers = [int(found[at]) for at in ZIGZAG]
    size = abs(numbers[0] - before).bit_length()
    bits.put(*DC[size])
    put_number(bits, numbers[0] - before, size)
    run = 0
    last = max((at for at in range(64) if numbers[at]), default=0)
    for number in numbers[1 : last + 1]:
        if number == 0:
            run += 1
            continue
        while run > 15:
            bits.put(*AC[0xF0])
            run -= 16
        size = abs(number).bit_length()
        bits.put(*AC[16 * run + size])
        put_number(bits, number, size)
        run = 0
    if last < 63:
        bits.put(*AC[0])
    return numbers[0]


def encode(rgb, sampling, restart=0, quantum=6):
    """@param sampling (across, down) of each component @param restart so many groups of blocks between two markers"""
    height, width, _ = rgb.shape
    red, green, blue = (rgb[:, :, channel].astype(float) for channel in range(3))
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    planes = [luma, 128 + 0.564 * (blue - luma), 128 + 0.713 * (red - luma)]
    most_across, most_down = max(across for across, _ in sampling), max(down for _, down in sampling)
    groups_across, groups_down = -(-width // (8 * most_across)), -(-height // (8 * most_down))
    whole = (groups_down * 8 * most_down, groups_across * 8 * most_across)
    samples = []
    for plane, (across, down) in zip(planes, sampling):
        padded = numpy.pad(plane, ((0, whole[0] - height), (0, whole[1] - width)), mode="edge")
        each_down, each_across = most_down // down, most_across // across
        shape = (whole[0] // each_down, each_down, whole[1] // each_across, each_across)
        samples.append(padded.reshape(shape).mean(axis=(1, 3)))
    bits, before, count = Bits(), [0, 0, 0], 0
    for group_down in range(groups_down):
        for group_across in range(groups_across):
            if restart and count and count % restart == 0:
                bits.restart((count // restart - 1) % 8)
                before = [0, 0, 0]
            count += 1
            for component, (across, down) in enumerate(sampling):
                for y in range(8 * group_down * down, 8 * (group_down + 1) * down, 8):
                    for x in range(8 * group_across * across, 8 * (group_across + 1) * across, 8):
                        block = samples[component][y : y + 8, x : x + 8]
                        before[component] = put_block(bits, block, quantum, before[component])
    bits.end()

    def segment(marker, data):
        return bytes([255, marker]) + struct.pack(">H", len(data) + 2) + data

    frame = struct.pack(">BHHB", 8, height, width, 3)
    frame += b"".join(bytes([at + 1, 16 * across + down, 0]) for at, (across, down) in enumerate(sampling))
    return b"".join(
        [
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            segment(0xDB, bytes([0] + [quantum] * 64)),
            segment(0xC0, frame),
            segment(0xC4, bytes([0, *DC_LENGTHS, *DC_VALUES])),
            segment(0xC4, bytes([16, *AC_LENGTHS, *AC_VALUES])),
            segment(0xDD, struct.pack(">H", restart)) if restart else b"",
            segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])),
            bytes(bits.data),
            b"\xff\xd9",
        ]
    )
