"""Precisions by name, said to every library that would choose one by itself."""
import torch

PRECISIONS = ("fp32", "tf32", "fp16")


def use_precision(name, device):
    """Sets what float32 means in products and convolutions. @returns the type of weights and activations

    In fp16, float32 products are left to TF32. Raises ValueError for a precision that the device has not, and for a
    device that isn't there.
    """
    if name not in PRECISIONS:
        raise ValueError(f"no precision {name!r}; there are {', '.join(PRECISIONS)}")
    if device != "cuda":
        if name != "fp32":
            raise ValueError(f"precision {name!r} is for cuda only; {device} has fp32")
        return torch.float32
    if not torch.cuda.is_available():
        raise ValueError("PyTorch finds no CUDA device here")
    is_full = name == "fp32"
    torch.set_float32_matmul_precision("highest" if is_full else "high")
    torch.backends.cuda.matmul.allow_tf32 = not is_full
    torch.backends.cudnn.allow_tf32 = not is_full
    torch.backends.cudnn.benchmark = True
    return torch.float16 if name == "fp16" else torch.float32


