package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** An ONNX graph under construction, and the weights that will stand beside it. */
final class Graph {

    /** The standard operators. */
    static final String ONNX = "";

    /** ONNX Runtime's own operators. */
    static final String MICROSOFT = "com.microsoft";

    /** Operators whose kernels are ours. */
    static final String OWN = "dev.sharegpt4v";

    private static final int IR_VERSION = 10;
    private static final int OPSET = 21;

    private final GraphProto.Builder proto = GraphProto.newBuilder();
    private final List<Weight> weights = new ArrayList<>();

    Graph(String name) {
        proto.setName(name);
    }

    /** Declares an input; gives its name back. */
    String input(String name, OnnxType type, Dimension... shape) {
        proto.addInput(value(name, type, shape));
        return name;
    }

    /** Declares which value leaves the graph. */
    void output(String name, OnnxType type, Dimension... shape) {
        proto.addOutput(value(name, type, shape));
    }

    /** Ends a node whose result, in a type, leaves the graph as floats. */
    void output(String name, Node node, OnnxType type, Dimension... shape) {
        if (type == OnnxType.FLOAT) {
            node.outputs(name);
        } else {
            cast(name, node.output(), type, OnnxType.FLOAT);
        }
        output(name, OnnxType.FLOAT, shape);
    }

    /** A value in another type; the value itself where it has that type already. */
    String cast(String name, String value, OnnxType from, OnnxType to) {
        return from == to
                ? value
                : node(ONNX, "Cast", name, value).with("to", to.code()).output();
    }

    /** Starts a node; an empty input name stands for an optional input that is left out. */
    Node node(String domain, String operator, String name, String... inputs) {
        int given = inputs.length;
        while (given > 0 && inputs[given - 1].isEmpty()) {
            given--;
        }
        return new Node(
                this,
                NodeProto.newBuilder()
                        .setDomain(domain)
                        .setOpType(operator)
                        .setName(name)
                        .addAllInput(List.of(inputs).subList(0, given)));
    }

    /** A small vector of integers inside the graph file; gives its name back. */
    String constant(String name, long... values) {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * OnnxType.INT64.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).forEach(bytes::putLong);
        proto.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxType.INT64.code())
                .addDims(values.length)
                .setRawData(ByteString.copyFrom(bytes.flip())));
        return name;
    }

    /** A weight that is stored beside the graph; gives its name back. */
    String weight(Weight weight) {
        weights.add(weight);
        return weight.name();
    }

    /** The weights, in the order in which they are stored. */
    List<Weight> weights() {
        return List.copyOf(weights);
    }

    /** The finished model. */
    ModelProto toModel(WeightLayout layout) {
        GraphProto.Builder finished = proto.clone();
        weights.forEach(weight -> finished.addInitializer(external(weight, layout)));
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .setProducerName("sharegpt4v")
                .addOpsetImport(operatorSet(ONNX, OPSET))
                .addOpsetImport(operatorSet(MICROSOFT, 1))
                .addOpsetImport(operatorSet(OWN, 1))
                .setGraph(finished)
                .build();
    }

    void add(NodeProto.Builder node) {
        proto.addNode(node);
    }

    private static TensorProto external(Weight weight, WeightLayout layout) {
        return TensorProto.newBuilder()
                .setName(weight.name())
                .setDataType(weight.type().code())
                .addAllDims(weight.shape())
                .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", layout.fileName()))
                .addExternalData(entry("offset", Long.toString(layout.offset(weight))))
                .addExternalData(entry("length", Long.toString(weight.bytes())))
                .build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static OperatorSetIdProto operatorSet(String domain, int version) {
        return OperatorSetIdProto.newBuilder()
                .setDomain(domain)
                .setVersion(version)
                .build();
    }

    private static ValueInfoProto value(String name, OnnxType type, Dimension... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        Arrays.stream(shape).map(Dimension::toProto).forEach(dimensions::addDim);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(TypeProto.Tensor.newBuilder()
                                .setElemType(type.code())
                                .setShape(dimensions)))
                .build();
    }
}
