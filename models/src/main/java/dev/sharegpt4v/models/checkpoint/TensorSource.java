package dev.sharegpt4v.models.checkpoint;

import java.util.Set;

/**
 * Tensors by canonical name.
 *
 * <p>Canonical names: {@code text.embed_tokens.weight}, {@code text.layers.N.self_attn.q_proj.weight} and so on as in
 * LLaMA, {@code text.norm.weight}, {@code lm_head.weight}; {@code projector.1.weight}, {@code projector.1.bias},
 * {@code projector.2.weight} … counting linear layers from 1; {@code vision.embeddings.class_embedding},
 * {@code vision.pre_layrnorm.weight}, {@code vision.encoder.layers.N.…} and so on as in CLIP.
 */
public interface TensorSource {

    /** All canonical names. */
    Set<String> names();

    /**
     * A tensor by canonical name.
     *
     * @throws CheckpointException when there is none
     */
    TensorView tensor(String canonicalName);
}
