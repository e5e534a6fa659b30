package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sharegpt4v.models.catalog.PackageManifest;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Runs a package's decoder over one whole sequence, with ONNX Runtime's GroupQueryAttention in the place of the paged
 * node: everything but the paging, by other people's attention.
 */
final class WholePromptDecoder implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    private final OrtSession session;
    private final int hiddenSize;
    private final int vocabularySize;

    WholePromptDecoder(Path packageFolder, PackageManifest manifest) throws IOException, OrtException {
        this.hiddenSize = manifest.shape().hiddenSize();
        this.vocabularySize = manifest.shape().vocabularySize();
        // The weights are found relative to the graph, so the changed graph stands beside the original.
        Path changed = packageFolder.resolve("decoder-whole.onnx");
        ModelProto model =
                ModelProto.parseFrom(Files.readAllBytes(packageFolder.resolve(PackageManifest.DECODER_GRAPH)));
        Files.write(changed, withStockAttention(model).toByteArray());
        this.session = environment.createSession(changed.toString(), options);
    }

    /** Logits of the asked rows; {@code features} replace the embeddings at {@code positions}. */
    float[][] logits(int[] tokens, float[][] features, int[] positions, int[] rows) throws OrtException {
        Map<String, OnnxTensor> inputs = new HashMap<>();
        try {
            inputs.put("input_ids", longs(tokens));
            inputs.put("image_positions", longs(positions));
            inputs.put("logit_rows", longs(rows));
            inputs.put("image_features", floats(features));
            inputs.put("length", OnnxTensor.createTensor(environment, new int[] {tokens.length}));
            inputs.put("last_position", OnnxTensor.createTensor(environment, new int[] {tokens.length - 1}));
            try (OrtSession.Result result = session.run(inputs)) {
                OnnxTensor logits = (OnnxTensor) result.get(0);
                long[] shape = logits.getInfo().getShape();
                if (shape[0] != rows.length || shape[1] != vocabularySize) {
                    throw new AssertionError("logits of shape " + List.of(shape[0], shape[1]));
                }
                return rows.length == 0 ? new float[0][] : (float[][]) logits.getValue();
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    /** Logits after every token of a text without images. */
    float[][] logits(int... tokens) throws OrtException {
        return logits(
                tokens,
                new float[0][],
                new int[0],
                IntStream.range(0, tokens.length).toArray());
    }

    private OnnxTensor longs(int[] values) throws OrtException {
        LongBuffer buffer = LongBuffer.allocate(values.length);
        IntStream.of(values).forEach(buffer::put);
        return OnnxTensor.createTensor(environment, buffer.flip(), new long[] {values.length});
    }

    private OnnxTensor floats(float[][] rows) throws OrtException {
        FloatBuffer buffer = FloatBuffer.allocate(rows.length * hiddenSize);
        for (float[] row : rows) {
            buffer.put(row);
        }
        return OnnxTensor.createTensor(environment, buffer.flip(), new long[] {rows.length, hiddenSize});
    }

    private static ModelProto withStockAttention(ModelProto model) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        List<NodeProto> nodes = List.copyOf(graph.getNodeList());
        graph.clearNode().clearInput();
        model.getGraph().getInputList().stream()
                .filter(input -> !List.of(
                                "cumulative_sequence_length", "past_sequence_length", "block_table", "slot_mapping")
                        .contains(input.getName()))
                .forEach(graph::addInput);
        Graph extra = new Graph("extra");
        extra.input("length", OnnxType.INT32, Dimension.of(1));
        extra.input("last_position", OnnxType.INT32, Dimension.of(1));
        extra.constant("first_axis", 0);
        GraphProto added = extra.toModel(WeightLayout.of("", List.of())).getGraph();
        graph.addAllInput(added.getInputList()).addAllInitializer(added.getInitializerList());
        for (NodeProto node : nodes) {
            if (node.getOpType().equals("PagedAttention")) {
                replace(node, graph);
            } else {
                graph.addNode(node);
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private static void replace(NodeProto paged, GraphProto.Builder graph) {
        String name = paged.getName();
        long kvHeads = attribute(paged, "kv_num_heads").getI();
        long headSize = attribute(paged, "head_size").getI();
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name + ".past")
                .setDataType(OnnxType.FLOAT.code())
                .addAllDims(List.of(1L, kvHeads, 0L, headSize)));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Unsqueeze")
                .addAllInput(List.of(paged.getInput(0), "first_axis"))
                .addOutput(name + ".batch"));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("GroupQueryAttention")
                .setDomain(Graph.MICROSOFT)
                .setName(name)
                .addAllInput(List.of(
                        name + ".batch",
                        "",
                        "",
                        name + ".past",
                        name + ".past",
                        "last_position",
                        "length",
                        paged.getInput(5),
                        paged.getInput(6)))
                .addAllOutput(List.of(name + ".batched", name + ".keys", name + ".values"))
                .addAttribute(attribute(paged, "num_heads"))
                .addAttribute(attribute(paged, "kv_num_heads"))
                .addAttribute(attribute(paged, "scale"))
                .addAttribute(AttributeProto.newBuilder()
                        .setName("do_rotary")
                        .setType(AttributeProto.AttributeType.INT)
                        .setI(1)));
        graph.addNode(NodeProto.newBuilder()
                .setOpType("Squeeze")
                .addAllInput(List.of(name + ".batched", "first_axis"))
                .addOutput(paged.getOutput(0)));
    }

    private static AttributeProto attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() throws OrtException {
        session.close();
        options.close();
    }
}
