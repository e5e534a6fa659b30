package dev.sharegpt4v.models.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TensorNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "model.",
                "language_model.",
                "language_model.model.",
                "model.language_model.",
                "model.language_model.model."
            })
    void decodersOfEveryLayoutHaveOneName(String prefix) {
        for (String rest : new String[] {"embed_tokens.weight", "layers.31.mlp.down_proj.weight", "norm.weight"}) {
            assertThat(TensorNames.canonical(prefix + rest)).contains("text." + rest);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.vision_tower.vision_tower.vision_model.",
                "vision_tower.vision_tower.vision_model.",
                "vision_tower.vision_model.",
                "model.vision_tower.vision_model.",
                "model.vision_tower.",
                "vision_tower.",
                "vision_model."
            })
    void towersOfEveryLayoutHaveOneName(String prefix) {
        for (String rest : new String[] {
            "embeddings.class_embedding", "pre_layrnorm.weight", "encoder.layers.3.mlp.fc1.bias", "post_layernorm.bias"
        }) {
            assertThat(TensorNames.canonical(prefix + rest)).contains("vision." + rest);
            assertThat(TensorNames.canonicalInTower(prefix + rest)).contains("vision." + rest);
        }
    }

    @Test
    void namesWithoutPrefixBelongToTheTowerOnlyInItsOwnFile() {
        assertThat(TensorNames.canonicalInTower("encoder.layers.0.mlp.fc1.bias"))
                .contains("vision.encoder.layers.0.mlp.fc1.bias");
        assertThat(TensorNames.canonical("encoder.layers.0.mlp.fc1.bias")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "model.mm_projector.0.weight, projector.1.weight",
        "model.mm_projector.2.bias, projector.2.bias",
        "mm_projector.4.bias, projector.3.bias",
        "model.mm_projector.weight, projector.1.weight",
        "multi_modal_projector.linear_1.weight, projector.1.weight",
        "model.multi_modal_projector.linear_2.bias, projector.2.bias",
        "lm_head.weight, lm_head.weight",
        "language_model.lm_head.weight, lm_head.weight",
        "model.language_model.lm_head.weight, lm_head.weight",
    })
    void projectorsAndHeadsHaveOneName(String name, String canonical) {
        assertThat(TensorNames.canonical(name)).contains(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.mm_projector.1.weight",
                "model.mm_projector.0.scale",
                "model.mm_projector.9999.weight",
                "my_lm_head.weight",
                "model.vision_tower.something.weight",
                "my_vision_tower.embeddings.class_embedding",
                "optimizer.state",
                "model.layersX.weight",
                "",
                "."
            })
    void otherNamesAreUnknown(String name) {
        assertThat(TensorNames.canonical(name)).isEmpty();
        assertThat(TensorNames.isIgnored(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model.layers.0.self_attn.rotary_emb.inv_freq",
                "vision_model.embeddings.position_ids",
                "text_model.encoder.layers.0.mlp.fc1.bias",
                "visual_projection.weight",
                "text_projection.weight",
                "logit_scale"
            })
    void whatNoModelNeedsIsIgnored(String name) {
        assertThat(TensorNames.isIgnored(name)).isTrue();
    }
}
