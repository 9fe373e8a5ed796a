"""The scoring pass by vmap(grad), each image's gradients of all parameters materialised at once."""
from .loss import log_odds_losses, scale_of, squares


def vmapped(module, detached):
    """A function that gives squared norms [N] of images [N, C, H, W].

    Detached parameters are the way of torch.func's examples; the others, which PyTorch's own autograd watches too, that
    of functorch's.
    """
    module.requires_grad_(not detached)
    gradients_of = gradients_function(module, detached)

    def run(images):
        scale = scale_of(images)
        return sum(squares(gradient.detach()) for gradient in gradients_of(images, scale)) / scale**2

    return run


def gradients_function(module, detached):
    """Gradients [N, ...] of each parameter, of images and what the loss is multiplied by."""
    try:
        from torch.func import functional_call, grad, vmap
    except ImportError:
        return functorch_gradients(module)

    parameters = {name: p.detach() if detached else p for name, p in module.named_parameters()}
    buffers = {name: buffer.detach() for name, buffer in module.named_buffers()}

    def loss(parameters, buffers, image, scale):
        return log_odds_losses(functional_call(module, (parameters, buffers), (image[None],)))[0] * scale

    each = vmap(grad(loss), in_dims=(None, None, 0, None))
    return lambda images, scale: each(parameters, buffers, images, scale).values()


def functorch_gradients(module):
    """The same where PyTorch has no torch.func: the copy takes over whether parameters are watched."""
    from functorch import grad, make_functional_with_buffers, vmap

    watched = any(parameter.requires_grad for parameter in module.parameters())
    function, parameters, buffers = make_functional_with_buffers(module)
    for parameter in parameters:
        parameter.requires_grad_(watched)

    def loss(parameters, image, scale):
        return log_odds_losses(function(parameters, buffers, image[None]))[0] * scale

    each = vmap(grad(loss), in_dims=(None, 0, None))
    return lambda images, scale: each(parameters, images, scale)
