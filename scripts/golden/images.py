"""Test images by an integer formula that test/scoring/golden-network.ts repeats bit for bit.

Every pixel is a multiple of 1/32 in [-63/32, 63/32], so it is exact in float32: a fine part that differs from
pixel to pixel plus a coarse part that is constant over blocks of 8 x 8. Equal neighbours are common, which is
meant: they make ties for max-pooling.
"""
import numpy

MASK = 0xFFFFFFFF


def mix(values):
    """The finaliser of MurmurHash3 on an array of integers below 2^32."""
    x = values.astype(numpy.uint64)
    x ^= x >> numpy.uint64(16)
    x = (x * numpy.uint64(0x85EBCA6B)) & numpy.uint64(MASK)
    x ^= x >> numpy.uint64(13)
    x = (x * numpy.uint64(0xC2B2AE35)) & numpy.uint64(MASK)
    return x ^ (x >> numpy.uint64(16))


def image(seed, channels, height, width):
    """One image as float32 [channels, height, width]."""
    c, y, x = numpy.meshgrid(numpy.arange(channels), numpy.arange(height), numpy.arange(width), indexing="ij")
    start = (seed * 0x9E3779B9) & MASK
    fine = mix((start + (c * height + y) * width + x) & MASK) >> numpy.uint64(26)
    coarse = mix((start + 0x10000000 + (c * 64 + y // 8) * 64 + x // 8) & MASK) >> numpy.uint64(26)
    return ((fine.astype(numpy.float64) + coarse.astype(numpy.float64) - 63) / 32).astype(numpy.float32)


def images(seeds, shape):
    """Images of many seeds as float32 [N, C, H, W]."""
    return numpy.stack([image(seed, *shape) for seed in seeds])
