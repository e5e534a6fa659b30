package dev.sharegpt4v.models.convert;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.models.checkpoint.TensorSource;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.runtime.execution.ModelShape;
import dev.sharegpt4v.runtime.onnx.CudaGraphOnCpu;
import dev.sharegpt4v.runtime.onnx.StoredFloats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * Decoder graphs for CUDA where there is none: all of the graph as it was written, but for the attention nodes, which are put
 * into the domain of a naive reference with the very inputs and attributes that they have.
 */
final class CudaDecoder {

    private CudaDecoder() {}

    /** The decoder of a package in fp16. */
    static CudaGraphOnCpu of(Path packageFolder, PackageManifest manifest, KvGeometry geometry) {
        Path graph = change(packageFolder.resolve(PackageManifest.DECODER_GRAPH), CudaDecoder::withWideSums);
        return open(graph, manifest.model().decoder(), StoredFloats.FP16, manifest.shape(), geometry);
    }

    /** The same graph with fp32 in all places of fp16, so that nothing but its structure shows. */
    static CudaGraphOnCpu inSinglePrecision(
            Path folder, DecoderConfig config, TensorSource tensors, ModelShape shape, KvGeometry geometry) {
        Graph graph = DecoderGraph.of(
                config, tensors, new MatrixFormat.Full(OnnxType.FLOAT), new CudaAttention(config, OnnxType.FLOAT));
        try (ExecutorService encoders = Executors.newFixedThreadPool(2)) {
            GraphFile file = GraphFile.of("decoder-single.onnx", graph);
            file.write(folder, new WeightFile(encoders, 2), _ -> {});
            return open(folder.resolve(file.name()), config, StoredFloats.FP32, shape, geometry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CudaGraphOnCpu open(
            Path graph, DecoderConfig config, StoredFloats floats, ModelShape shape, KvGeometry geometry) {
        Path changed = change(graph, model -> withReferenceAttention(model, config));
        return new CudaGraphOnCpu(changed, floats, shape, geometry);
    }

    /** Writes a changed graph beside the original, where its weights are found. */
    static Path change(Path graph, UnaryOperator<ModelProto> change) {
        try {
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(graph));
            Path changed = graph.resolveSibling("changed-" + graph.getFileName());
            Files.write(changed, change.apply(model).toByteArray());
            return changed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A model with every attention node replaced. */
    static ModelProto eachAttention(ModelProto model, UnaryOperator<NodeProto> change) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        List<NodeProto> nodes = List.copyOf(graph.getNodeList());
        graph.clearNode();
        nodes.forEach(node -> graph.addNode(node.getOpType().equals("PagedAttention") ? change.apply(node) : node));
        return model.toBuilder().setGraph(graph).build();
    }

    private static ModelProto withReferenceAttention(ModelProto model, DecoderConfig config) {
        ModelProto changed = eachAttention(
                model,
                node -> node.toBuilder()
                        .setDomain(CudaGraphOnCpu.DOMAIN)
                        .addAttribute(integer("head_size", config.headSize()))
                        .addAttribute(integer("layer", 0))
                        .build());
        return changed.toBuilder()
                .addOpsetImport(OperatorSetIdProto.newBuilder()
                        .setDomain(CudaGraphOnCpu.DOMAIN)
                        .setVersion(1))
                .build();
    }

    /** Products of fp16 that are summed in fp32, as CUDA does; the CPU's own kernel for fp16 rounds every sum. */
    static ModelProto withWideSums(ModelProto model) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        List<NodeProto> nodes = List.copyOf(graph.getNodeList());
        graph.clearNode();
        for (NodeProto node : nodes) {
            if (!node.getOpType().equals("Gemm")) {
                graph.addNode(node);
                continue;
            }
            String name = node.getName();
            NodeProto.Builder wide =
                    node.toBuilder().setName(name + ".wide").clearInput().setOutput(0, name + ".wide");
            for (String input : node.getInputList()) {
                graph.addNode(cast(input, name + ".wide." + input, OnnxType.FLOAT));
                wide.addInput(name + ".wide." + input);
            }
            graph.addNode(wide).addNode(cast(name + ".wide", node.getOutput(0), OnnxType.FLOAT16));
        }
        return model.toBuilder().setGraph(graph).build();
    }

    /** A cast that is called as its output is. */
    static NodeProto cast(String from, String to, OnnxType type) {
        return NodeProto.newBuilder()
                .setOpType("Cast")
                .setName(to)
                .addInput(from)
                .addOutput(to)
                .addAttribute(integer("to", type.code()))
                .build();
    }

    private static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }
}
