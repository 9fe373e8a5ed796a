"""A classifier of PyTorch as an ONNX file that a scorer can be compiled from."""
import inspect
import os
import sys
import tempfile
import warnings

import torch

# What a file of protocol buffers may hold.
LARGEST = 2**31 - 2**20


def parameter_count(module):
    """Numbers in all parameters; BatchNorm's running statistics are none."""
    return sum(parameter.numel() for parameter in module.parameters())


def write_onnx(module, path, size, opset=17):
    """Writes a module in evaluation mode with a free batch axis: `image` [N, 3, height, width] to `logits` [N, classes].

    BatchNorm stays a node of its own, as its scale and offset are parameters whose gradients count: that takes
    TrainingMode.PRESERVE and no folding of constants. The file appears whole or not at all.
    """
    module = module.eval().cpu().float()
    bytes_of_weights = 4 * (parameter_count(module) + sum(buffer.numel() for buffer in module.buffers()))
    if bytes_of_weights > LARGEST:
        raise ValueError(f"{path}: {bytes_of_weights / 1e9:.1f} GB of weights are more than the 2 GB that one ONNX file "
                         "holds; export it with external data of your own")
    height, width = size
    options = dict(
        opset_version=opset,
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "N"}, "logits": {0: "N"}},
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
    )
    # Newer releases export another way unless they are told: that one folds BatchNorm away.
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        options["dynamo"] = False
    folder = os.path.dirname(os.path.abspath(path))
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as temporary:
        file = os.path.join(temporary, "model.onnx")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Two images: a batch of one is written down as the number 1 by some exporters.
            torch.onnx.export(module, torch.zeros(2, 3, height, width), file, **options)
        checked = check(file)
        os.replace(file, path)
    return checked


def check(file):
    """@returns whether onnx is installed and finds the file valid; raises where it is installed and finds it is not"""
    try:
        import onnx
    except ImportError:
        return False
    onnx.checker.check_model(file, full_check=True)
    return True


def report(module, path, checked, preprocess):
    """Says what was written, and how it is scored."""
    print(f"{path}: {parameter_count(module):,} parameters".replace(",", " ")
          + (", valid by onnx.checker" if checked else "; onnx is not installed, so nothing has checked the file"))
    if preprocess:
        print(f"preprocessing: {preprocess}")


def fail(message):
    """Ends the program as grodin does on bad input: one line, exit code 2."""
    print(message, file=sys.stderr)
    sys.exit(2)
