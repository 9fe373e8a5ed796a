"""Scores of a batch by hooks, one layer's gradients at a time: what an expert in PyTorch would write.

No parameter is watched by autograd, so that no gradient of a whole batch is computed in vain. Each layer's input is
kept by a forward hook; the hook on its output computes that layer's norms when the cotangent arrives, and lets go of
both.
"""
import torch

from .layers import layer_squares
from .loss import log_odds_losses, scale_of, wide


class LayerNorms:
    """Hooks on the layers of a module in evaluation mode. Its parameters need gradients no longer."""

    def __init__(self, module):
        self.module = module.requires_grad_(False)
        self.watching, self.seen, self.total = False, set(), None
        for layer in module.modules():
            if any(True for _ in layer.parameters(recurse=False)):
                layer.register_forward_hook(self.watch)

    def watch(self, layer, inputs, output):
        if not self.watching:
            return None
        if layer in self.seen:
            raise TypeError(f"a {type(layer).__name__} ran twice: shared gradients would have to be added")
        self.seen.add(layer)
        # Differentiation begins behind the first layer: nobody reads the gradient of the image here.
        output = output if output.requires_grad else output.detach().requires_grad_(True)
        kept = [inputs[0].detach()]
        output.register_hook(lambda cotangent: self.add(layer, kept, cotangent))
        return output

    def add(self, layer, kept, cotangent):
        self.total += layer_squares(layer, kept.pop(), cotangent)

    def scoring(self, images):
        """Squared norms [N] of the gradients of all parameters, each image's own."""
        scale = scale_of(images)
        self.seen.clear()
        self.total = torch.zeros(len(images), dtype=wide(images.dtype), device=images.device)
        self.watching = True
        try:
            losses = log_odds_losses(self.module(images))
            (losses.sum() * scale).backward()
        finally:
            self.watching = False
        return self.total / scale**2
