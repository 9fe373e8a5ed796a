"""Kernels that are computed of parameters: standardised, as BiT and NFNet have them, and scaled to a norm."""
import torch
import torch.nn.functional as F

from .tensors import case, drawn, given, integers

EPSILON = 1e-3


def standardized(title, kernel, attributes, groups=1, stride=1, padding=0, gain=False, opset=17, behind=(), after=None,
                 more=None, constants=None, **options):
    """`behind` are nodes from `c`, the convolution's output, to `y`, and `after` the same in PyTorch."""
    kernels = kernel[0]
    rows = {"w": drawn(kernel), "b": drawn((kernels,)), **(more or {})}
    nodes = [("Reshape", ["w", "rows"], "v", {})]
    if gain:
        rows["gain"] = drawn((kernels, 1, 1, 1), 2.0)
        nodes += [("Mul", ["gain", "size"], "factor", {}), ("Reshape", ["factor", "flat"], "gamma", {})]
    if opset < 14:
        # Statistics of the weights are computed beside, as PyTorch writes it.
        nodes += [("ReduceMean", ["v"], "mean", dict(axes=[0, 2], keepdims=0)),
                  ("ReduceMean", ["v"], "middle", dict(axes=[0, 2], keepdims=1)),
                  ("ReduceMean", ["v"], "middle of rows", dict(axes=[2], keepdims=1)),
                  ("Sub", ["v", "middle of rows"], "apart", {}),
                  ("Mul", ["apart", "apart"], "squares", {}),
                  ("ReduceMean", ["squares"], "variance", dict(axes=[0, 2], keepdims=0))]
        mode, outputs = {}, ["n", "new mean", "new variance", "saved mean", "saved variance"]
    else:
        mode, outputs = dict(training_mode=1), ["n", "new mean", "new variance"]
    gamma = "gamma" if gain else "ones"
    nodes += [("BatchNormalization", ["v", gamma, "zeros", "mean", "variance"], outputs, dict(epsilon=EPSILON, **mode)),
              ("Reshape", ["n", "kernel"], "k", {}),
              ("Conv", ["x", "k", "b"], "c" if behind else "y", attributes), *behind]
    held = {} if opset < 14 else {"mean": given((kernels,), [0.0] * kernels), "variance": given((kernels,), [1.0] * kernels)}

    def reference(x, p):
        v = p["w"].reshape(kernels, -1)
        middle = v.mean(1, keepdim=True)
        v = (v - middle) / torch.sqrt(((v - middle) ** 2).mean(1, keepdim=True) + EPSILON)
        if gain:
            v = v * (p["gain"].reshape(-1, 1) * 0.25)
        y = F.conv2d(x, v.reshape(kernel), p["b"], stride, padding, 1, groups)
        return after(y, p) if after else y

    return case(title, nodes, reference, rows, {
        "rows": integers(1, kernels, -1), "kernel": integers(*kernel), "flat": integers(-1),
        "size": given((), [0.25]), "ones": given((kernels,), [1.0] * kernels), "zeros": given((kernels,), [0.0] * kernels),
        **held, **(constants or {})}, opset=opset, runs=False, **options)


rules = {"weight-standardization": [
    standardized("3×3 kernels", (5, 4, 3, 3), dict(pads=[1, 1, 1, 1]), padding=1),
    standardized("a gain that is learnt", (5, 4, 3, 2), {}, gain=True),
    standardized("a stride", (5, 4, 3, 3), dict(strides=[2, 2], pads=[1, 1, 1, 1]), stride=2, padding=1, gain=True),
    standardized("1×1 kernels", (5, 4, 1, 1), {}, gain=True),
    standardized("groups", (6, 2, 3, 3), dict(group=2, pads=[1, 1, 1, 1]), groups=2, padding=1, gain=True),
    standardized("statistics that are computed beside, as before operator set 14", (5, 4, 3, 3), {}, gain=True, opset=13),
    standardized("a BatchNormalization of images behind it", (4, 4, 3, 3), {}, gain=True,
                 behind=[("BatchNormalization", ["c", "scale", "shift", "running mean", "running variance"], "y", {})],
                 after=lambda y, p: F.batch_norm(y, torch.full((4,), 0.25, dtype=y.dtype),
                                                 torch.full((4,), 4.0, dtype=y.dtype), p["scale"], p["shift"]),
                 more={"scale": drawn((4,)), "shift": drawn((4,))},
                 constants={"running mean": given((4,), [0.25] * 4), "running variance": given((4,), [4.0] * 4)}),
    case("a norm of each kernel that is learnt",
         [("Mul", ["w", "w"], "squares", {}), ("ReduceSum", ["squares", "axes"], "square", dict(keepdims=1)),
          ("Sqrt", ["square"], "norm", {}), ("Div", ["w", "norm"], "direction", {}), ("Mul", ["direction", "g"], "k", {}),
          ("Conv", ["x", "k"], "y", {})],
         lambda x, p: F.conv2d(x, p["w"] / p["w"].flatten(1).norm(dim=1).reshape(-1, 1, 1, 1) * p["g"]),
         {"w": drawn((5, 4, 3, 3)), "g": drawn((5, 1, 1, 1))}, {"axes": integers(1, 2, 3)}),
]}
