"""The ways to run a network that are timed: each a function of images [N, C, H, W] on the device."""
import torch

from .hooks import LayerNorms
from .loss import log_odds_losses, scale_of, squares
from .vmapped import vmapped

STEP = 0.01


def plain(module):
    """Inference; gives the logits [N, K]."""
    module.requires_grad_(False)

    def run(images):
        with torch.inference_mode():
            return module(images)

    return run


def perturbed(module, images):
    """Perturbed images, and -log S of the unperturbed ones [N]: x - step * sign(gradient of -log S)."""
    leaf = images.detach().requires_grad_(True)
    losses = log_odds_losses(module(leaf))
    (gradient,) = torch.autograd.grad(losses.sum() * scale_of(images), leaf)
    return images - STEP * gradient.sign(), losses.detach()


def perturbation(module):
    """The perturbation pass alone; gives -log S [N], while the images stay on the device for the next pass."""
    module.requires_grad_(False)

    def run(images):
        perturbed_images, losses = perturbed(module, images)
        del perturbed_images
        return losses

    return run


def parameter_squares(module, image):
    """Squared norm [1] of the gradient of all parameters for images [1, C, H, W], as autograd gives it."""
    scale = scale_of(image)
    loss = log_odds_losses(module(image)).sum() * scale
    gradients = torch.autograd.grad(loss, list(module.parameters()))
    return sum(squares(gradient[None]) for gradient in gradients) / scale**2


def image_by_image(module):
    """The whole score of one image after the other: perturbation, then the gradient of all parameters; gives [N]."""
    module.requires_grad_(True)

    def run(images):
        return torch.cat([parameter_squares(module, perturbed(module, image[None])[0]) for image in images])

    return run


def hooks_scoring(module):
    """The scoring pass alone, by hooks; gives squared norms [N]."""
    return LayerNorms(module).scoring


def hooks(module):
    """The whole score of a batch by hooks: perturbation pass, then scoring pass; gives squared norms [N]."""
    norms = LayerNorms(module)
    return lambda images: norms.scoring(perturbed(module, images)[0])


MODES = {
    "plain": plain,
    "perturbation": perturbation,
    "hooks-scoring": hooks_scoring,
    "hooks": hooks,
    "vmap": lambda module: vmapped(module, detached=False),
    "vmap-detached": lambda module: vmapped(module, detached=True),
    "image-by-image": image_by_image,
}
# Those that give squared norms, of which a logarithm tells something.
SCORES = ("hooks-scoring", "hooks", "vmap", "vmap-detached", "image-by-image")
