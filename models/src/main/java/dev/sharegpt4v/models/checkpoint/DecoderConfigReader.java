package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Reads a LLaMA decoder's sizes; keys left out have the defaults of transformers' LlamaConfig. */
final class DecoderConfigReader {

    /** LLaMA's own, and the flat configurations that describe it along with the rest. */
    private static final Set<String> TYPES = Set.of("llama", "share4v", "llava", "llava_llama");

    private static final int LARGEST_WIDTH = 1 << 20;
    private static final int LARGEST_HEADS = 1_024;
    private static final int LARGEST_HEAD = 1_024;
    private static final int LARGEST_VOCABULARY = 1 << 22;
    private static final int LARGEST_CONTEXT = 1 << 17;
    private static final int MOST_LAYERS = 1_000;

    private DecoderConfigReader() {}

    static DecoderConfig read(ConfigNumbers text) {
        refuseOtherDecoders(text);
        int hidden = text.size("hidden_size", 4_096, LARGEST_WIDTH);
        int heads = text.size("num_attention_heads", 32, LARGEST_HEADS);
        int kvHeads = text.size("num_key_value_heads", heads, LARGEST_HEADS);
        return new DecoderConfig(
                hidden,
                text.size("intermediate_size", 11_008, LARGEST_WIDTH),
                text.size("num_hidden_layers", 32, MOST_LAYERS),
                heads,
                kvHeads,
                headSize(text, hidden, heads, kvHeads),
                text.size("vocab_size", 32_000, LARGEST_VOCABULARY),
                text.size("max_position_embeddings", 2_048, LARGEST_CONTEXT),
                text.positive("rms_norm_eps", 1e-6),
                ropeTheta(text));
    }

    private static void refuseOtherDecoders(ConfigNumbers text) {
        String type = text.text("model_type", "llama");
        if (!TYPES.contains(type)) {
            throw text.refusal("a decoder of type " + type + " is not supported");
        }
        if (!text.text("hidden_act", "silu").equals("silu")) {
            throw text.refusal("decoder activation " + text.text("hidden_act", "") + " is not supported");
        }
        if (text.flag("attention_bias", false) || text.flag("mlp_bias", false)) {
            throw text.refusal("a decoder with biases is not supported");
        }
    }

    private static int headSize(ConfigNumbers text, int hidden, int heads, int kvHeads) {
        if (!text.has("head_dim") && hidden % heads != 0) {
            throw text.refusal(heads + " heads do not divide " + hidden + " channels");
        }
        int headSize = text.size("head_dim", hidden / heads, LARGEST_HEAD);
        if (headSize % 2 != 0 || heads % kvHeads != 0) {
            throw text.refusal(heads + " heads of " + headSize + " channels over " + kvHeads
                    + " key/value heads are not supported; a head has an even number of channels");
        }
        return headSize;
    }

    /** Since version 5 of transformers the base stands in {@code rope_parameters}, before beside {@code rope_scaling}. */
    private static double ropeTheta(ConfigNumbers text) {
        for (String key : new String[] {"rope_scaling", "rope_parameters"}) {
            ConfigNumbers rope = text.child(key);
            JsonNode type = rope.node().has("rope_type")
                    ? rope.node().path("rope_type")
                    : rope.node().path("type");
            if (!type.asText("default").equals("default")) {
                throw text.refusal("rotary scaling " + type + " is not supported");
            }
        }
        return text.child("rope_parameters").positive("rope_theta", text.positive("rope_theta", 10_000));
    }
}
