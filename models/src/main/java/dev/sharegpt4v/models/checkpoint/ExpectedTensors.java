package dev.sharegpt4v.models.checkpoint;

import java.util.LinkedHashMap;
import java.util.Map;

/** The canonical tensors, with shapes, that a configuration calls for. */
public final class ExpectedTensors {

    private ExpectedTensors() {}

    /** Shapes by canonical name, in the order of computation. */
    public static Map<String, long[]> of(CheckpointConfig config) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        vision(config.vision(), shapes);
        projector(config, shapes);
        decoder(config.decoder(), shapes);
        return shapes;
    }

    private static void vision(VisionConfig vision, Map<String, long[]> shapes) {
        int hidden = vision.hiddenSize();
        int patch = vision.patchSize();
        shapes.put("vision.embeddings.class_embedding", new long[] {hidden});
        shapes.put("vision.embeddings.patch_embedding.weight", new long[] {hidden, 3, patch, patch});
        shapes.put("vision.embeddings.position_embedding.weight", new long[] {vision.patches() + 1L, hidden});
        norm("vision.pre_layrnorm", hidden, shapes);
        for (int layer = 0; layer < vision.layersToRun(); layer++) {
            String prefix = "vision.encoder.layers." + layer + ".";
            norm(prefix + "layer_norm1", hidden, shapes);
            for (String part : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
                linear(prefix + "self_attn." + part, hidden, hidden, shapes);
            }
            norm(prefix + "layer_norm2", hidden, shapes);
            linear(prefix + "mlp.fc1", vision.intermediateSize(), hidden, shapes);
            linear(prefix + "mlp.fc2", hidden, vision.intermediateSize(), shapes);
        }
    }

    private static void projector(CheckpointConfig config, Map<String, long[]> shapes) {
        int in = config.vision().hiddenSize();
        int out = config.decoder().hiddenSize();
        for (int layer = 1; layer <= config.projectorLayers(); layer++) {
            linear("projector." + layer, out, layer == 1 ? in : out, shapes);
        }
    }

    private static void decoder(DecoderConfig decoder, Map<String, long[]> shapes) {
        int hidden = decoder.hiddenSize();
        int query = decoder.heads() * decoder.headSize();
        int keyValue = decoder.kvHeads() * decoder.headSize();
        int inner = decoder.intermediateSize();
        shapes.put("text.embed_tokens.weight", new long[] {decoder.vocabularySize(), hidden});
        for (int layer = 0; layer < decoder.layers(); layer++) {
            String prefix = "text.layers." + layer + ".";
            shapes.put(prefix + "input_layernorm.weight", new long[] {hidden});
            shapes.put(prefix + "self_attn.q_proj.weight", new long[] {query, hidden});
            shapes.put(prefix + "self_attn.k_proj.weight", new long[] {keyValue, hidden});
            shapes.put(prefix + "self_attn.v_proj.weight", new long[] {keyValue, hidden});
            shapes.put(prefix + "self_attn.o_proj.weight", new long[] {hidden, query});
            shapes.put(prefix + "post_attention_layernorm.weight", new long[] {hidden});
            shapes.put(prefix + "mlp.gate_proj.weight", new long[] {inner, hidden});
            shapes.put(prefix + "mlp.up_proj.weight", new long[] {inner, hidden});
            shapes.put(prefix + "mlp.down_proj.weight", new long[] {hidden, inner});
        }
        shapes.put("text.norm.weight", new long[] {hidden});
        shapes.put("lm_head.weight", new long[] {decoder.vocabularySize(), hidden});
    }

    private static void norm(String name, int size, Map<String, long[]> shapes) {
        shapes.put(name + ".weight", new long[] {size});
        shapes.put(name + ".bias", new long[] {size});
    }

    private static void linear(String name, int out, int in, Map<String, long[]> shapes) {
        shapes.put(name + ".weight", new long[] {out, in});
        shapes.put(name + ".bias", new long[] {out});
    }
}
