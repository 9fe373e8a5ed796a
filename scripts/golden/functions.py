"""Writes a golden network as PyTorch's exporter by way of dynamo does: every operation a call of a local function.

    /usr/bin/python3 scripts/golden/functions.py

The functions are those of its library as it writes them out: attributes passed by reference, functions that call
functions, conditions on ranks and settings (If), casts to the type of another value, outputs that nobody reads, biases
of zeros. What is computed is what it was: the scores in residual.json are those of the file that is written.
"""
import pathlib

import onnx
from onnx import TensorProto, helper

TESTS = pathlib.Path(__file__).parents[2] / "test"
FOLDER, MODELS = TESTS / "golden", TESTS / "models"
OPSET = 18
CORE, COMMON, TORCH = "pkg.onnxscript.torch_lib", "pkg.onnxscript.torch_lib.common", "pkg.torch"
DOMAINS = [helper.make_opsetid(d, v) for d, v in (("", OPSET), (CORE, 1), (COMMON, 1), (TORCH, 1))]


def node(kind, inputs, outputs, domain="", **attributes):
    """A node; an attribute `name="@other"` has the value of the function's attribute `other`."""
    references = {k: v[1:] for k, v in attributes.items() if isinstance(v, str) and v.startswith("@")}
    made = helper.make_node(kind, inputs, outputs, domain=domain,
                            **{k: v for k, v in attributes.items() if k not in references})
    for name, (kind_of, source) in ((k, v.split(":")) for k, v in references.items()):
        attribute = made.attribute.add()
        attribute.name, attribute.ref_attr_name = name, source
        attribute.type = getattr(onnx.AttributeProto, kind_of)
    return made


def branch(name, nodes, *outputs):
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(o, TensorProto.FLOAT, None) for o in outputs])


def function(domain, name, inputs, outputs, nodes, attributes=()):
    return helper.make_function(domain, name, inputs, outputs, nodes, DOMAINS, list(attributes))


def if_node(condition, output, then_nodes, then_output, else_nodes, else_output):
    return node("If", [condition], [output], then_branch=branch("thenGraph", then_nodes, then_output),
                else_branch=branch("elseGraph", else_nodes, else_output))


FUNCTIONS = [
    function(COMMON, "Rank", ["input"], ["return_val"], [
        node("Shape", ["input"], ["tmp"]),
        node("Size", ["tmp"], ["return_val"]),
    ]),
    function(COMMON, "IsScalar", ["input"], ["return_val"], [
        node("Rank", ["input"], ["tmp"], COMMON),
        node("Constant", [], ["tmp_0"], value_int=0),
        node("Equal", ["tmp", "tmp_0"], ["return_val"]),
    ]),
    function(CORE, "_aten_convolution_onnx", ["input", "weight", "bias"], ["return_val"], [
        node("Constant", [], ["transposed"], value_int="@INT:transposed"),
        node("Cast", ["transposed"], ["is_transposed"], to=TensorProto.BOOL),
        node("Rank", ["input"], ["rank"], COMMON),
        node("Rank", ["weight"], ["rank_0"], COMMON),
        node("Equal", ["rank", "rank_0"], ["has_batch"]),
        node("Not", ["has_batch"], ["no_batch"]),
        if_node("no_batch", "input_3", [
            node("Constant", [], ["axes"], value_ints=[0]),
            node("Unsqueeze", ["input", "axes"], ["input_1"]),
        ], "input_1", [node("Identity", ["input"], ["input_2"])], "input_2"),
        if_node("is_transposed", "result_5", [
            node("ConvTranspose", ["input_3", "weight", "bias"], ["result"], strides="@INTS:strides", pads="@INTS:pads",
                 group="@INT:groups", dilations="@INTS:dilations"),
        ], "result", [
            node("Conv", ["input_3", "weight", "bias"], ["result"], strides="@INTS:strides", pads="@INTS:pads",
                 group="@INT:groups", dilations="@INTS:dilations"),
        ], "result"),
        if_node("no_batch", "return_val", [
            node("Constant", [], ["axes"], value_ints=[0]),
            node("Squeeze", ["result_5", "axes"], ["result_6"]),
        ], "result_6", [node("Identity", ["result_5"], ["result_7"])], "result_7"),
    ], ["strides", "pads", "dilations", "transposed", "groups", "output_padding"]),
    function(CORE, "aten_conv2d", ["input", "weight", "bias"], ["return_val"], [
        node("_aten_convolution_onnx", ["input", "weight", "bias"], ["return_val"], CORE, strides="@INTS:strides",
             pads="@INTS:pads", dilations="@INTS:dilations", groups="@INT:groups", transposed=0),
    ], ["strides", "pads", "dilations", "groups"]),
    # Without a bias there is one of zeros.
    function(CORE, "aten_conv2d_no_bias", ["input", "weight"], ["return_val"], [
        node("Shape", ["weight"], ["channels"], start=0, end=1),
        node("Constant", [], ["zero"], value_float=0.0),
        node("CastLike", ["zero", "input"], ["zero_0"]),
        node("Expand", ["zero_0", "channels"], ["bias"]),
        node("aten_conv2d", ["input", "weight", "bias"], ["return_val"], CORE, strides="@INTS:strides",
             pads="@INTS:pads", dilations="@INTS:dilations", groups="@INT:groups"),
    ], ["strides", "pads", "dilations", "groups"]),
    function(CORE, "_aten_native_batch_norm_inference_onnx", ["input", "weight", "bias", "mean", "var"],
             ["norm", "empty_mean", "empty_var"], [
        node("BatchNormalization", ["input", "weight", "bias", "mean", "var"], ["norm"], epsilon="@FLOAT:eps",
             momentum="@FLOAT:momentum", training_mode=0),
        node("Shape", ["input"], ["nothing"], start=0, end=0),
        node("Cast", ["nothing"], ["empty_mean"], to=TensorProto.FLOAT),
        node("Cast", ["nothing"], ["empty_var"], to=TensorProto.FLOAT),
    ], ["eps", "momentum"]),
    function(CORE, "aten_relu", ["self"], ["return_val"], [node("Relu", ["self"], ["return_val"])]),
    function(CORE, "aten_add", ["self", "other"], ["return_val"], [
        node("Constant", [], ["alpha"], value_float="@FLOAT:alpha"),
        node("CastLike", ["alpha", "other"], ["alpha_0"]),
        node("Mul", ["other", "alpha_0"], ["other_1"]),
        node("Add", ["self", "other_1"], ["return_val"]),
    ], ["alpha"]),
    function(CORE, "_aten_mean_dim_onnx", ["self", "dim"], ["result"], [
        node("IsScalar", ["self"], ["is_scalar"], COMMON),
        if_node("is_scalar", "result", [node("Identity", ["self"], ["same"])], "same", [
            node("Constant", [], ["flat"], value_ints=[-1]),
            node("Reshape", ["dim", "flat"], ["axes"]),
            node("ReduceMean", ["self", "axes"], ["mean"], keepdims="@INT:keepdim"),
        ], "mean"),
    ], ["keepdim"]),
    function(CORE, "aten_view", ["self", "size"], ["return_val"], [
        node("Cast", ["size"], ["size_0"], to=TensorProto.INT64),
        node("Reshape", ["self", "size_0"], ["return_val"], allowzero=0),
    ]),
    function(CORE, "aten_t", ["self"], ["result"], [
        node("Rank", ["self"], ["rank"], COMMON),
        node("Constant", [], ["two"], value_int=2),
        node("Equal", ["rank", "two"], ["is_matrix"]),
        if_node("is_matrix", "result", [node("Transpose", ["self"], ["turned"], perm=[1, 0])], "turned",
                [node("Identity", ["self"], ["same"])], "same"),
    ]),
    function(CORE, "aten_addmm", ["self", "mat1", "mat2"], ["return_val"], [
        node("Gemm", ["mat1", "mat2", "self"], ["return_val"], alpha="@FLOAT:alpha", beta="@FLOAT:beta"),
    ], ["alpha", "beta"]),
]


def modules():
    """The network's modules, which call the library, each a function that its weights are passed to."""
    def conv(x, weight, y, stride, pad):
        return node("aten_conv2d_no_bias", [x, weight], [y], CORE, strides=[stride] * 2, pads=[pad] * 4, dilations=[1, 1],
                    groups=1)

    def norm(x, name, y):
        names = [f"{name}.{part}" for part in ("weight", "bias", "running_mean", "running_var")]
        return node("_aten_native_batch_norm_inference_onnx", [x, *names], [y, f"{y}_1", ""], CORE, eps=1e-5, momentum=0.1)

    def relu(x, y):
        return node("aten_relu", [x], [y], CORE)

    def statistics(*names):
        return [f"{n}.{part}" for n in names for part in ("weight", "bias", "running_mean", "running_var")]

    def add(x, y, z):
        return node("aten_add", [x, y], [z], CORE, alpha=1.0)

    first = ["conv1.weight", *statistics("bn1"), "conv2.weight", *statistics("bn2")]
    body = [conv("input", "conv1.weight", "a", 1, 1), norm("a", "bn1", "b"), relu("b", "c"),
            conv("c", "conv2.weight", "d", 1, 1), norm("d", "bn2", "e")]
    second = [*first, "shortcut.0.weight", *statistics("shortcut.1")]
    strided = [conv("input", "conv1.weight", "a", 2, 1), *body[1:], conv("input", "shortcut.0.weight", "f", 2, 0),
               norm("f", "shortcut.1", "g")]
    blocks = [
        function(TORCH, "Block_layer1_1", ["input", *first], ["output"],
                 [*body, add("e", "input", "h"), relu("h", "output")]),
        function(TORCH, "Block_layer2_1", ["input", *second], ["output"],
                 [*strided, add("e", "g", "h"), relu("h", "output")]),
    ]
    nodes = [
        conv("image", "conv1.weight", "convolution", 1, 1),
        norm("convolution", "bn1", "getitem"),
        relu("getitem", "relu"),
        node("Block_layer1_1", ["relu", *[f"layer1.{n}" for n in first]], ["layer1_1"], TORCH),
        node("Block_layer2_1", ["layer1_1", *[f"layer2.{n}" for n in second]], ["layer2_1"], TORCH),
        node("Constant", [], ["dim"], value_ints=[-1, -2]),
        node("_aten_mean_dim_onnx", ["layer2_1", "dim"], ["mean"], CORE, keepdim=1),
        node("Constant", [], ["size"], value_ints=[-1, 16]),
        node("aten_view", ["mean", "size"], ["view"], CORE),
        node("aten_t", ["fc.weight"], ["t"], CORE),
        node("aten_addmm", ["fc.bias", "view", "t"], ["logits"], CORE, alpha=1.0, beta=1.0),
    ]
    return blocks, nodes


def main():
    source = onnx.load(FOLDER / "residual.onnx")
    blocks, nodes = modules()
    graph = helper.make_graph(nodes, "main_graph", source.graph.input, source.graph.output, source.graph.initializer)
    model = helper.make_model(graph, functions=[*blocks, *FUNCTIONS], opset_imports=DOMAINS, producer_name="pytorch")
    model.ir_version = 10
    onnx.save(model, MODELS / "functions.onnx")


main()
