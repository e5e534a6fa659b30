package dev.sharegpt4v.runtime.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A graph of stock operators with all inputs of a decoder package for CUDA, whose "logits" tell what each of them held:
 * per asked token its id, its slot and the sums of all other inputs.
 */
final class EchoGraph {

    /** Columns of the logits: id, slot, and one for each input in {@link #SUMMED}. */
    static final List<String> SUMMED = List.of(
            "image_features",
            "image_positions",
            "cumulative_sequence_length",
            "past_sequence_length",
            "block_table",
            "attention_metadata",
            "key_cache.0",
            "value_cache.0");

    static final int VOCABULARY = 2 + SUMMED.size();

    private static final int FLOAT = 1;
    private static final int INT32 = 6;
    private static final int INT64 = 7;
    private static final int FLOAT16 = 10;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("echo");

    private EchoGraph() {}

    static Path write(Path folder) throws IOException {
        Path file = folder.resolve("echo.onnx");
        Files.write(file, new EchoGraph().model().toByteArray());
        return file;
    }

    private ModelProto model() {
        input("input_ids", INT64, 1);
        input("image_features", FLOAT, 2);
        input("image_positions", INT64, 1);
        input("logit_rows", INT64, 1);
        input("cumulative_sequence_length", INT32, 1);
        input("past_sequence_length", INT32, 1);
        input("block_table", INT32, 2);
        input("slot_mapping", INT32, 1);
        input("attention_metadata", INT32, 1);
        input("key_cache.0", FLOAT16, 4);
        input("value_cache.0", FLOAT16, 4);
        graph.addInitializer(TensorProto.newBuilder()
                .setName("column")
                .setDataType(INT64)
                .addDims(1)
                .addInt64Data(1));
        graph.addInitializer(
                TensorProto.newBuilder().setName("zero").setDataType(FLOAT).addFloatData(0f));
        String ids = column("input_ids");
        String zeros = node("Mul", ids, "zero");
        NodeProto.Builder all = NodeProto.newBuilder()
                .setOpType("Concat")
                .addInput(ids)
                .addInput(column("slot_mapping"))
                .addAttribute(attribute("axis", 1))
                .addOutput("rows");
        for (String name : SUMMED) {
            graph.addNode(NodeProto.newBuilder()
                    .setOpType("ReduceSum")
                    .addInput(cast(name))
                    .addAttribute(attribute("keepdims", 0))
                    .addOutput(name + ".sum"));
            all.addInput(node("Add", zeros, name + ".sum"));
        }
        graph.addNode(all);
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Gather")
                .addInput("rows")
                .addInput("logit_rows")
                .addOutput("logits"));
        graph.addOutput(value("logits", FLOAT, 2));
        return ModelProto.newBuilder()
                .setIrVersion(10)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(21))
                .setGraph(graph)
                .build();
    }

    private void input(String name, int type, int rank) {
        graph.addInput(value(name, type, rank));
    }

    private static ValueInfoProto value(String name, int type, int rank) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (int i = 0; i < rank; i++) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimParam(name + i));
        }
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder()
                        .setTensorType(
                                TypeProto.Tensor.newBuilder().setElemType(type).setShape(shape)))
                .build();
    }

    private String column(String name) {
        return node("Unsqueeze", cast(name), "column");
    }

    private String cast(String name) {
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Cast")
                .addInput(name)
                .addAttribute(attribute("to", FLOAT))
                .addOutput(name + ".float"));
        return name + ".float";
    }

    private String node(String operator, String left, String right) {
        String output = operator + "." + left + "." + right;
        graph.addNode(NodeProto.newBuilder()
                .setOpType(operator)
                .addInput(left)
                .addInput(right)
                .addOutput(output));
        return output;
    }

    private static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }
}
