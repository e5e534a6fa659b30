package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ONNX Runtime itself says to graphs for CUDA, as far as a machine without one can ask. */
final class CudaGraphTest {

    private static final int LAYERS = TinyModels.odd().decoder().layers();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FP16", "INT4"})
    void typesAndShapesOfADecoderCheckOutAndItsAttentionAloneHasNoKernelHere(WeightFormat format) {
        OrtException failure = open(decoder(format)).orElseThrow();
        // Types and shapes are inferred before kernels are looked for, and a node without one in fp16 is tried in fp32
        // then.
        assertThat(failure)
                .hasMessageContaining("(InsertedPrecisionFreeCast_layers.0.self_attn.qkv_proj)"
                        + " of operator (PagedAttention) in node (layers.0.self_attn) is invalid");
    }

    @Test
    void whereNothingIsTriedInFp32InsteadTheMissingKernelIsNamed() {
        Path graph = CudaDecoder.change(decoder(WeightFormat.FP16), CudaGraphTest::withAttentionInBf16);
        OrtException failure = open(graph).orElseThrow();
        assertThat(failure.getCode()).isEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED);
        assertThat(failure)
                .hasMessageContaining("implementation for PagedAttention(1) node with name 'layers.0.self_attn'");
    }

    @Test
    void typesAndShapesOfADecoderInBf16CheckOut() {
        OrtException failure = open(decoder(WeightFormat.BF16)).orElseThrow();
        assertThat(failure.getCode())
                .as("a kernel that the CPU does not have, and nothing that is wrong with the graph")
                .isEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED);
    }

    @Test
    void aVisionGraphInHalvesOpensHereAndOneInBf16LacksKernelsAlone() {
        decoder(WeightFormat.FP16);
        Path vision = folder.resolve("package").resolve(PackageManifest.VISION_GRAPH);
        assertThat(open(vision)).isEmpty();
        decoder(WeightFormat.BF16);
        assertThat(open(vision))
                .hasValueSatisfying(failure ->
                        assertThat(failure.getCode()).isEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED));
    }

    @Test
    void aGraphThatIsWrongIsToldSoBeforeAnyKernelIsMissed() {
        Path graph = decoder(WeightFormat.BF16);
        OrtException headsThatDoNotDivide = open(CudaDecoder.change(
                        graph, model -> CudaDecoder.eachAttention(model, node -> withAttribute(node, "num_heads", 5))))
                .orElseThrow();
        assertThat(headsThatDoNotDivide.getCode()).isNotEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED);
        assertThat(headsThatDoNotDivide).hasMessageContaining("divisible by (num_heads + 2 * kv_num_heads)");

        OrtException metadataInAnotherPlace = open(CudaDecoder.change(
                        graph,
                        model -> CudaDecoder.eachAttention(
                                model,
                                node -> node.toBuilder()
                                        .setInput(15, "attention_metadata")
                                        .setInput(16, "")
                                        .build())))
                .orElseThrow();
        assertThat(metadataInAnotherPlace.getCode()).isNotEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED);
        assertThat(metadataInAnotherPlace).hasMessageContaining("tensor(int32)");

        OrtException tablesOfAnotherType = open(CudaDecoder.change(
                        graph,
                        model -> CudaDecoder.eachAttention(
                                model,
                                node -> node.toBuilder()
                                        .setInput(8, "image_features")
                                        .build())))
                .orElseThrow();
        assertThat(tablesOfAnotherType.getCode()).isNotEqualTo(OrtException.OrtErrorCode.ORT_NOT_IMPLEMENTED);
        assertThat(tablesOfAnotherType).hasMessageContaining("tensor(float)");
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16", "INT4"})
    void everyAttentionHasTheInputsOfOnnxRuntimesOperatorInTheirOrder(WeightFormat format) {
        GraphProto graph = parse(decoder(format)).getGraph();
        List<NodeProto> attentions = graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("PagedAttention"))
                .toList();
        assertThat(attentions).hasSize(LAYERS);
        for (int layer = 0; layer < LAYERS; layer++) {
            NodeProto node = attentions.get(layer);
            assertThat(node.getDomain()).isEqualTo("com.microsoft");
            assertThat(node.getInputList())
                    .containsExactly(
                            "layers." + layer + ".self_attn.qkv_proj",
                            "",
                            "",
                            "key_cache." + layer,
                            "value_cache." + layer,
                            "cumulative_sequence_length",
                            "past_sequence_length",
                            "block_table",
                            "cos_cache",
                            "sin_cache",
                            "slot_mapping",
                            "",
                            "",
                            "",
                            "",
                            "",
                            "attention_metadata");
            assertThat(node.getOutputCount()).as("caches are written in place").isEqualTo(1);
            assertThat(node.getAttributeList().stream()
                            .collect(Collectors.toMap(AttributeProto::getName, CudaGraphTest::number)))
                    .isEqualTo(Map.of(
                            "num_heads",
                            4.0,
                            "kv_num_heads",
                            2.0,
                            "scale",
                            0.25,
                            "do_rotary",
                            1.0,
                            "rotary_interleaved",
                            0.0));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16", "INT4"})
    void inputsAndWeightsHaveTheTypesThatTheExecutorFeeds(WeightFormat format) {
        GraphProto graph = parse(decoder(format)).getGraph();
        int half = (format == WeightFormat.BF16 ? OnnxType.BFLOAT16 : OnnxType.FLOAT16).code();
        Map<String, Integer> inputs =
                graph.getInputList().stream().collect(Collectors.toMap(ValueInfoProto::getName, CudaGraphTest::type));
        assertThat(inputs)
                .hasSize(9 + 2 * LAYERS)
                .containsEntry("input_ids", OnnxType.INT64.code())
                .containsEntry("image_features", OnnxType.FLOAT.code())
                .containsEntry("image_positions", OnnxType.INT64.code())
                .containsEntry("logit_rows", OnnxType.INT64.code())
                .containsEntry("cumulative_sequence_length", OnnxType.INT32.code())
                .containsEntry("past_sequence_length", OnnxType.INT32.code())
                .containsEntry("block_table", OnnxType.INT32.code())
                .containsEntry("slot_mapping", OnnxType.INT32.code())
                .containsEntry("attention_metadata", OnnxType.INT32.code());
        for (int layer = 0; layer < LAYERS; layer++) {
            assertThat(inputs).containsEntry("key_cache." + layer, half).containsEntry("value_cache." + layer, half);
        }
        assertThat(graph.getOutputList()).extracting(ValueInfoProto::getName).containsExactly("logits");
        assertThat(type(graph.getOutput(0))).isEqualTo(OnnxType.FLOAT.code());
        assertThat(graph.getInitializerList().stream()
                        .filter(weight -> weight.getDataLocation() == TensorProto.DataLocation.EXTERNAL)
                        .map(TensorProto::getDataType)
                        .distinct())
                .as("no weight is wider than the values that it meets")
                .containsExactlyInAnyOrderElementsOf(
                        format == WeightFormat.INT4 ? List.of(half, OnnxType.UINT8.code()) : List.of(half));
    }

    @ParameterizedTest
    @EnumSource(names = {"FP16", "BF16", "INT4"})
    void aGraphCastsWhereItBeginsAndEndsAndUsesNoOperatorThatNeedsCudnn(WeightFormat format) {
        GraphProto decoder = parse(decoder(format)).getGraph();
        GraphProto vision =
                parse(folder.resolve("package/" + PackageManifest.VISION_GRAPH)).getGraph();
        assertThat(casts(decoder)).containsExactly("image_features", "lm_head");
        assertThat(casts(vision)).containsExactly("patches.packed", "projected.by_image");
        assertThat(vision.getNodeList()).extracting(NodeProto::getOpType).doesNotContain("Conv");
    }

    private static List<String> casts(GraphProto graph) {
        return graph.getNodeList().stream()
                .filter(node -> node.getOpType().equals("Cast"))
                .map(node -> node.getInput(0))
                .toList();
    }

    private static double number(AttributeProto attribute) {
        return attribute.getType() == AttributeProto.AttributeType.FLOAT ? attribute.getF() : attribute.getI();
    }

    private static int type(ValueInfoProto value) {
        return value.getType().getTensorType().getElemType();
    }

    private static NodeProto withAttribute(NodeProto node, String name, long value) {
        NodeProto.Builder changed = node.toBuilder();
        changed.getAttributeBuilderList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .forEach(attribute -> attribute.setI(value));
        return changed.build();
    }

    /** A graph in fp16 whose attention alone computes in bf16, for which ONNX Runtime has no way around on the CPU. */
    private static ModelProto withAttentionInBf16(ModelProto model) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        graph.getInputBuilderList().stream()
                .filter(input -> input.getName().contains("_cache."))
                .forEach(input -> input.getTypeBuilder().getTensorTypeBuilder().setElemType(OnnxType.BFLOAT16.code()));
        List<NodeProto> nodes = List.copyOf(graph.getNodeList());
        graph.clearNode();
        for (NodeProto node : nodes) {
            if (node.getOpType().equals("PagedAttention")) {
                String name = node.getName() + ".bf16";
                NodeProto.Builder attention = node.toBuilder().setOutput(0, name);
                for (int input : new int[] {0, 8, 9}) {
                    graph.addNode(CudaDecoder.cast(node.getInput(input), name + input, OnnxType.BFLOAT16));
                    attention.setInput(input, name + input);
                }
                graph.addNode(attention)
                        .addNode(CudaDecoder.cast(name, node.getOutput(0), OnnxType.FLOAT16).toBuilder()
                                .setName(name));
            } else {
                graph.addNode(node);
            }
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private Path decoder(WeightFormat format) {
        Converter.convert(
                new SyntheticCheckpoint(TinyModels.odd()),
                TinyModels.NO_TOKENIZER,
                folder.resolve("package"),
                ConversionOptions.of(Device.CUDA, format).replacing(),
                ConversionProgress.NONE);
        return folder.resolve("package/" + PackageManifest.DECODER_GRAPH);
    }

    private static ModelProto parse(Path graph) {
        try {
            return ModelProto.parseFrom(Files.readAllBytes(graph));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What the CPU provider says against a graph. */
    private static Optional<OrtException> open(Path graph) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
                OrtSession _ = environment.createSession(graph.toString(), options)) {
            return Optional.empty();
        } catch (OrtException e) {
            return Optional.of(e);
        }
    }
}
