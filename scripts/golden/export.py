"""Exports modules as ONNX and edits the files into shapes that exporters and people produce."""
import io
import warnings

import numpy
import onnx
import torch
from onnx import helper, numpy_helper


def zeroed(graph, x):
    """`x.zero_()`, which the exporter does not know."""
    return graph.op("Mul", x, graph.op("Constant", value_t=torch.tensor(0.0)))


for opset_version in range(9, 18):
    torch.onnx.register_custom_op_symbolic("aten::zero", zeroed, opset_version)


def export(module, shape, opset, keep_batch_norm, free_batch=True, fold=True):
    """The ONNX model of a module in evaluation mode; BatchNorm stays a node of its own, or is folded away."""
    options = {"do_constant_folding": fold}
    if keep_batch_norm:
        options = {"do_constant_folding": False, "training": torch.onnx.TrainingMode.PRESERVE}
    if free_batch:
        options["dynamic_axes"] = {"image": {0: "N"}, "logits": {0: "N"}}
    file = io.BytesIO()
    example = torch.zeros(2 if free_batch else 1, *shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, example, file, opset_version=opset, input_names=["image"], output_names=["logits"], **options
        )
    model = onnx.load_from_string(file.getvalue())
    del model.graph.value_info[:]
    for node in model.graph.node:
        node.doc_string = ""
    return model


def shorten(model):
    """Short names for nodes and for what they compute: exporters write each node's path in all of them."""
    kept = {t.name for t in model.graph.initializer} | {i.name for i in [*model.graph.input, *model.graph.output]}
    short = {}
    for number, node in enumerate(model.graph.node):
        node.name = f"{node.op_type}{number}"
        for name in node.output:
            short[name] = name if name in kept else f"v{number}.{len(short)}"
    for node in model.graph.node:
        node.input[:] = [short.get(name, name) for name in node.input]
        node.output[:] = [short.get(name, name) for name in node.output]
    return model


def initializer(model, name):
    return next(t for t in model.graph.initializer if t.name == name)


def array_of(model, name):
    return numpy_helper.to_array(initializer(model, name))


def set_array(model, name, array):
    initializer(model, name).CopyFrom(numpy_helper.from_array(array.astype(numpy.float32), name))


def rename(model, node_output, index, name):
    """Lets input `index` of the node that makes `node_output` read `name`."""
    node = next(n for n in model.graph.node if n.output[0] == node_output)
    node.input[index] = name


def count_padding_in_average_pools(model):
    """Writes Pad + AveragePool, as PyTorch exports count_include_pad=True, as one AveragePool with that attribute."""
    nodes = model.graph.node
    for pool in [n for n in nodes if n.op_type == "AveragePool"]:
        before = next((n for n in nodes if n.op_type == "Pad" and n.output[0] == pool.input[0]), None)
        if before is None:
            continue
        pads = next(n for n in nodes if n.output and n.output[0] == before.input[1]).attribute[0].t
        eight = numpy_helper.to_array(pads).tolist()
        assert eight[:2] == eight[4:6] == [0, 0]
        kept = [a for a in pool.attribute if a.name in ("kernel_shape", "strides")]
        del pool.attribute[:]
        pool.attribute.extend(kept)
        pool.attribute.extend([
            helper.make_attribute("pads", eight[2:4] + eight[6:8]),
            helper.make_attribute("count_include_pad", 1),
        ])
        pool.input[0] = before.input[0]
        nodes.remove(before)


def write_pads_as_constants(model):
    """Replaces the dozen nodes with which PyTorch computes a fixed list of pads by the list."""
    from interpreter import OPERATIONS, Network

    network = Network(model, dtype=torch.float32)
    values = {name: torch.tensor(array) for name, array in network.constants.items()}
    integers = {n for n, v in values.items() if not v.is_floating_point()}
    kept = []
    for node in model.graph.node:
        if node.op_type not in ("Constant", "Identity") and node.input and all(i in integers for i in node.input):
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            value = OPERATIONS[node.op_type](network, attributes, *[values[i] for i in node.input])
            values[node.output[0]] = value
            integers.add(node.output[0])
            tensor = numpy_helper.from_array(value.numpy(), node.output[0])
            kept.append(helper.make_node("Constant", [], [node.output[0]], value=tensor))
        else:
            kept.append(node)
    read = {name for node in kept for name in node.input}
    kept = [node for node in kept if node.op_type != "Constant" or node.output[0] in read]
    copies = [onnx.NodeProto.FromString(node.SerializeToString()) for node in kept]
    del model.graph.node[:]
    model.graph.node.extend(copies)


def insert_dropout(model, after, opset):
    """Puts a Dropout in evaluation mode behind the value `after`."""
    nodes = list(model.graph.node)
    place = next(i for i, n in enumerate(nodes) if n.output[0] == after)
    for node in nodes[place + 1:]:
        for i, name in enumerate(node.input):
            if name == after:
                node.input[i] = after + "_dropped"
    if opset < 12:
        dropout = helper.make_node("Dropout", [after], [after + "_dropped"], ratio=0.3)
    else:
        for name, value in (("ratio", numpy.float32(0.3)), ("training", numpy.bool_(False))):
            model.graph.initializer.append(numpy_helper.from_array(numpy.array(value), "dropout." + name))
        dropout = helper.make_node("Dropout", [after, "dropout.ratio", "dropout.training"], [after + "_dropped"])
    model.graph.node.insert(place + 1, dropout)
