"""Rewrites of ONNX graphs, done once when models are prepared. Same bytes in, same bytes out."""

import numpy as np
import onnx
from onnx import numpy_helper

from . import tflite_to_onnx


def apply(steps: list[str], shipped: bytes) -> bytes:
    """The first step may turn another format into ONNX; the others change a graph in place."""
    if steps[0] == "tflite_to_onnx":
        model = tflite_to_onnx.convert(shipped)
        split_prelu(model)
        steps = steps[1:]
    else:
        model = onnx.load_from_string(shipped)
    for step in steps:
        STEPS[step](model)
    return model.SerializeToString(deterministic=True)


def free_image_size(model: onnx.ModelProto) -> None:
    """Lets height and width vary. Shapes noted inside the graph would contradict that, so they go."""
    graph = model.graph
    height, width = graph.input[0].type.tensor_type.shape.dim[2:]
    height.dim_param, width.dim_param = "height", "width"
    for output in graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"{output.name}_cells"
    del graph.value_info[:]


def image_input_only(model: onnx.ModelProto) -> None:
    """Weights listed as graph inputs would have to be fed by the caller; only the image stays one."""
    image = model.graph.input[0]
    del model.graph.input[:]
    model.graph.input.append(image)


def fold_quantised_weights(model: onnx.ModelProto) -> None:
    """Block-quantised weights become plain fp32 ones: unpacking them at every run costs more than it saves."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    values: dict[str, np.ndarray] = {}  # folded results by name
    kept = []
    for node in graph.node:
        if node.op_type == "DequantizeLinear":
            values[node.output[0]] = dequantised(node, constants)
        elif node.op_type == "Reshape" and node.input[0] in values:
            shape = numpy_helper.to_array(constants[node.input[1]])
            values[node.output[0]] = values.pop(node.input[0]).reshape(shape)
        else:
            kept.append(node)
    replace(graph.node, kept)
    still_read = {name for node in kept for name in node.input}
    replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in still_read])
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in values.items())
    del graph.value_info[:]


def dequantised(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> np.ndarray:
    quantised, scale, zero = (numpy_helper.to_array(constants[name]) for name in node.input)
    attributes = {attribute.name: attribute.i for attribute in node.attribute}
    axis, block = attributes["axis"], attributes["block_size"]

    def spread(per_block: np.ndarray) -> np.ndarray:
        return np.repeat(per_block, block, axis).take(range(quantised.shape[axis]), axis)

    return (quantised.astype(np.float32) - spread(zero).astype(np.float32)) * spread(scale)


def split_prelu(model: onnx.ModelProto) -> None:
    """PRelu(x) = Relu(x * (1 - s)) + x * s. The runtime's PRelu kernel is slow; of these it makes two passes over x, the
    Relu within the first. A slope above 1 turns that Relu round: such a layer is Relu(x) * (1 - s) + x * s, three passes."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    split = []
    for node in graph.node:
        if node.op_type != "PRelu":
            split.append(node)
            continue
        x, slope = node.input
        result = node.output[0]
        rest = np.float32(1) - numpy_helper.to_array(constants[slope])
        graph.initializer.append(numpy_helper.from_array(rest, f"{result}/rest"))
        half, above = f"{result}/half", f"{result}/above"
        if (rest >= 0).all():
            split += [
                onnx.helper.make_node("Mul", [x, f"{result}/rest"], [half]),
                onnx.helper.make_node("Relu", [half], [above]),
            ]
        else:
            split += [
                onnx.helper.make_node("Relu", [x], [half]),
                onnx.helper.make_node("Mul", [half, f"{result}/rest"], [above]),
            ]
        split += [
            onnx.helper.make_node("Mul", [x, slope], [f"{result}/below"]),
            onnx.helper.make_node("Add", [above, f"{result}/below"], [result]),
        ]
    replace(graph.node, split)


def quantise_gemm(model: onnx.ModelProto) -> None:
    """A Gemm over one row only waits for its weights to come out of memory: as int8, one scale a column, they are a quarter.
    The row itself is quantised as it comes. Weights keep to 7 bits, or processors without VNNI would saturate."""
    graph = model.graph
    constants = {tensor.name: tensor for tensor in graph.initializer}
    rewritten = []
    for node in graph.node:
        if node.op_type != "Gemm":
            rewritten.append(node)
            continue
        rewritten += integer_product(graph, node, numpy_helper.to_array(constants[node.input[1]]).T)
    replace(graph.node, rewritten)
    still_read = {name for node in rewritten for name in node.input}
    replace(graph.initializer, [tensor for tensor in graph.initializer if tensor.name in still_read])


def integer_product(graph: onnx.GraphProto, node: onnx.NodeProto, weights: np.ndarray) -> list[onnx.NodeProto]:
    x, _, bias = node.input
    name = node.output[0]
    scales = (np.abs(weights).max(axis=0) / 63).astype(np.float32)
    graph.initializer.extend(
        numpy_helper.from_array(value, f"{name}/{part}")
        for part, value in {
            "weights": np.rint(weights / scales).astype(np.int8),
            "zero": np.zeros(weights.shape[1], np.int8),
            "scales": scales,
        }.items()
    )
    row = [f"{name}/row", f"{name}/row_scale", f"{name}/row_zero"]
    return [
        onnx.helper.make_node("DynamicQuantizeLinear", [x], row),
        onnx.helper.make_node("MatMulInteger", [row[0], f"{name}/weights", row[2], f"{name}/zero"], [f"{name}/sum"]),
        onnx.helper.make_node("Cast", [f"{name}/sum"], [f"{name}/float"], to=onnx.TensorProto.FLOAT),
        onnx.helper.make_node("Mul", [row[1], f"{name}/scales"], [f"{name}/scale"]),
        onnx.helper.make_node("Mul", [f"{name}/float", f"{name}/scale"], [f"{name}/product"]),
        onnx.helper.make_node("Add", [f"{name}/product", bias], [name]),
    ]


def replace(field, values: list) -> None:
    """Repeated protobuf fields cannot be assigned."""
    copies = [type(value).FromString(value.SerializeToString(deterministic=True)) for value in values]
    del field[:]
    field.extend(copies)


STEPS = {
    step.__name__: step
    for step in (free_image_size, image_input_only, fold_quantised_weights, split_prelu, quantise_gemm)
}
