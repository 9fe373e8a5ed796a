"""The loss whose gradients are scored, and what half precision needs to keep them in range."""
import torch

# Of the loss in float16: cotangents of early layers are a millionth and less, where float16 has few digits left.
HALF_SCALE = 1024.0


def log_odds_losses(logits, temperature=1.0):
    """-log S = log(1 + sum over the other classes of exp((h_c - h_predicted) / T)): logits [..., K] give [...].

    Computed in float32 where the logits are float16.
    """
    logits = logits.float() if logits.dtype == torch.float16 else logits
    predicted = logits.argmax(-1, keepdim=True)
    differences = (logits - logits.gather(-1, predicted)) / temperature
    others = torch.ones_like(differences).scatter(-1, predicted, 0.0)
    return torch.log1p((differences.exp() * others).sum(-1))


def scale_of(images):
    """What the loss is multiplied by before it is differentiated; squared norms are divided by its square."""
    return HALF_SCALE if images.dtype == torch.float16 else 1.0


def wide(dtype):
    """The type in which norms are summed."""
    return torch.float32 if dtype == torch.float16 else dtype


def squares(values):
    """Squared norm of each image's part: [N, ...] gives [N], in a type as wide as float32.

    First over all axes but two: PyTorch adds up a long row of float32 one by one on the CPU, and loses four digits.
    """
    dtype = wide(values.dtype)
    if values.dim() > 2:
        values = torch.linalg.vector_norm(values.flatten(2), dim=2, dtype=dtype)
    return torch.linalg.vector_norm(values, dim=1, dtype=dtype).square()
