"""Where a training runs: a CPU, a GPU, or one of several processes that torchrun has started."""
import contextlib
import os

import torch
import torch.distributed as distributed


class Place:
    """This process's device and its place among others."""

    def __init__(self, device, half_precision):
        self.rank, self.world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
        local = int(os.environ.get("LOCAL_RANK", 0))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        self.device = torch.device(f"cuda:{local}" if device == "cuda" else device)
        on_gpu = self.device.type == "cuda"
        if half_precision and not on_gpu:
            raise ValueError("--amp needs a GPU; leave it out on the CPU")
        self.device_ids = [self.device.index] if on_gpu else None
        self.channels_last = half_precision
        self.half_precision = half_precision
        self.scaler = torch.cuda.amp.GradScaler(enabled=half_precision)
        if on_gpu:
            torch.cuda.set_device(self.device)
        if self.world > 1:
            distributed.init_process_group("nccl" if on_gpu else "gloo")

    def put(self, pixels):
        layout = torch.channels_last if self.channels_last else torch.contiguous_format
        return pixels.to(self.device, non_blocking=True, memory_format=layout)

    def precision(self):
        return torch.autocast("cuda", torch.float16) if self.half_precision else contextlib.nullcontext()

    def close(self):
        if self.world > 1:
            distributed.destroy_process_group()


def be_deterministic():
    """Algorithms that give the same bits each time; somewhat slower on a GPU."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.backends.cudnn.benchmark = False
    torch.use_deterministic_algorithms(True)
