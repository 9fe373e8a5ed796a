"""Softmax in decimal arithmetic, of as many digits as its user asks of `decimal`."""
import struct
from decimal import Decimal


def single(value):
    """The float32 nearest to a number."""
    return struct.unpack("f", struct.pack("f", value))[0]


def softmax(logits):
    """Probabilities, and the sum that they are parts of."""
    powers = [Decimal(h).exp() for h in logits]
    total = sum(powers)
    return [power / total for power in powers], total
