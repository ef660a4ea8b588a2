"""Turns a small TFLite network into ONNX: just the operators that the face landmark model has.

TFLite lays pictures out as NHWC, ONNX as NCHW: one Transpose at the input, then everything is NCHW.
"""

import numpy as np
import onnx
import tflite
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8
POINTS = 468
DTYPES = {tflite.TensorType.FLOAT32: np.float32, tflite.TensorType.FLOAT16: np.float16, tflite.TensorType.INT32: np.int32}
OPERATORS = {code: name for name, code in vars(tflite.BuiltinOperator).items() if isinstance(code, int)}


def convert(data: bytes) -> onnx.ModelProto:
    return Converter(tflite.Model.GetRootAs(data, 0)).model()


class Converter:
    def __init__(self, source: tflite.Model) -> None:
        self.source = source
        self.graph = source.Subgraphs(0)
        self.constants: dict[int, np.ndarray] = {}  # TFLite tensor index -> value
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []

    def model(self) -> onnx.ModelProto:
        for index in range(self.graph.TensorsLength()):
            self.read_constant(index)
        image = self.name(self.graph.Inputs(0))
        self.node("Transpose", ["image"], image, perm=[0, 3, 1, 2])
        for index in range(self.graph.OperatorsLength()):
            self.operator(self.graph.Operators(index))
        points, presence = (self.name(self.graph.Outputs(index)) for index in range(2))
        self.node("Reshape", [points, self.constant("points_shape", np.array([1, POINTS, 3]))], "landmarks")
        self.node("Reshape", [presence, self.constant("presence_shape", np.array([1, 1]))], "presence")

        def floats(name: str, shape: list[int]) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)

        graph = helper.make_graph(
            self.nodes,
            "face_landmark",
            [floats("image", self.shape(self.graph.Inputs(0)))],
            [floats("landmarks", [1, POINTS, 3]), floats("presence", [1, 1])],
            self.initializers,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        return model

    def operator(self, operator: tflite.Operator) -> None:
        code = self.source.OperatorCodes(operator.OpcodeIndex())
        kind = OPERATORS[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
        if kind not in HANDLERS:
            raise ValueError(f"TFLite operator {kind} is not one this converter knows")
        HANDLERS[kind](self, operator, list(operator.InputsAsNumpy()), operator.Outputs(0))

    def dequantize(self, _operator, inputs: list[int], output: int) -> None:
        self.constants[output] = self.constants[inputs[0]].astype(np.float32)

    def conv(self, operator, inputs: list[int], output: int) -> None:
        options = read_options(tflite.Conv2DOptions(), operator)
        self.convolve(options, inputs, output, weights=self.constants[inputs[1]].transpose(0, 3, 1, 2), group=1)

    def depthwise_conv(self, operator, inputs: list[int], output: int) -> None:
        options = read_options(tflite.DepthwiseConv2DOptions(), operator)
        weights = self.constants[inputs[1]].transpose(3, 0, 1, 2)
        self.convolve(options, inputs, output, weights=weights, group=self.shape(inputs[0])[3])

    def convolve(self, options, inputs: list[int], output: int, weights: np.ndarray, group: int) -> None:
        require_plain(options)
        if (options.DilationHFactor(), options.DilationWFactor()) != (1, 1):
            raise ValueError("dilated convolutions are not supported")
        name = self.name(output)
        kernel = list(weights.shape[2:])
        parameters = [self.constant(f"{name}/weights", weights), self.constant(f"{name}/bias", self.constants[inputs[2]])]
        self.node(
            "Conv",
            [self.name(inputs[0]), *parameters],
            name,
            kernel_shape=kernel,
            strides=[options.StrideH(), options.StrideW()],
            pads=self.pads(options, kernel, inputs[0]),
            group=group,
        )

    def max_pool(self, operator, inputs: list[int], output: int) -> None:
        options = read_options(tflite.Pool2DOptions(), operator)
        require_plain(options)
        kernel = [options.FilterHeight(), options.FilterWidth()]
        self.node(
            "MaxPool",
            [self.name(inputs[0])],
            self.name(output),
            kernel_shape=kernel,
            strides=[options.StrideH(), options.StrideW()],
            pads=self.pads(options, kernel, inputs[0]),
        )

    def add(self, operator, inputs: list[int], output: int) -> None:
        require_plain(read_options(tflite.AddOptions(), operator))
        self.node("Add", [self.name(index) for index in inputs], self.name(output))

    def prelu(self, _operator, inputs: list[int], output: int) -> None:
        slope = self.constant(f"{self.name(output)}/slope", self.constants[inputs[1]].transpose(2, 0, 1))
        self.node("PRelu", [self.name(inputs[0]), slope], self.name(output))

    def pad(self, _operator, inputs: list[int], output: int) -> None:
        before_after = self.constants[inputs[1]][[0, 3, 1, 2]].T  # rows: before, after; columns: NCHW
        pads = self.constant(f"{self.name(output)}/pads", before_after.astype(np.int64).ravel())
        self.node("Pad", [self.name(inputs[0]), pads], self.name(output))

    def pads(self, options, kernel: list[int], input_index: int) -> list[int]:
        """TFLite's SAME padding puts the odd pixel after, as [top, left, bottom, right]."""
        if options.Padding() == tflite.Padding.VALID:
            return [0, 0, 0, 0]
        sizes = self.shape(input_index)[1:3]
        strides = [options.StrideH(), options.StrideW()]
        totals = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(sizes, strides, kernel)]
        return [total // 2 for total in totals] + [total - total // 2 for total in totals]

    def read_constant(self, index: int) -> None:
        tensor = self.graph.Tensors(index)
        buffer = self.source.Buffers(tensor.Buffer())
        if buffer.DataLength():
            data = np.frombuffer(buffer.DataAsNumpy().tobytes(), DTYPES[tensor.Type()])
            self.constants[index] = data.reshape(self.shape(index))

    def constant(self, name: str, value: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], output: str, **attributes) -> None:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))

    def name(self, index: int) -> str:
        return self.graph.Tensors(index).Name().decode()

    def shape(self, index: int) -> list[int]:
        return [int(size) for size in self.graph.Tensors(index).ShapeAsNumpy()]


def read_options(options, operator: tflite.Operator):
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options


def require_plain(options) -> None:
    if options.FusedActivationFunction() != tflite.ActivationFunctionType.NONE:
        raise ValueError("fused activations are not supported")


HANDLERS = {
    "DEQUANTIZE": Converter.dequantize,
    "CONV_2D": Converter.conv,
    "DEPTHWISE_CONV_2D": Converter.depthwise_conv,
    "MAX_POOL_2D": Converter.max_pool,
    "ADD": Converter.add,
    "PRELU": Converter.prelu,
    "PAD": Converter.pad,
}
