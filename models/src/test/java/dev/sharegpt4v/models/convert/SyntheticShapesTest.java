package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SyntheticShapesTest {

    @TempDir
    private Path folder;

    @Test
    void aFileLikeAPublishedConfigurationGivesItsShape() throws IOException {
        Path file = folder.resolve("half.json");
        Files.writeString(file, """
                {"model_type": "share4v", "hidden_size": 2048, "intermediate_size": 5504, "num_hidden_layers": 16,
                 "num_attention_heads": 16, "vocab_size": 32000, "max_position_embeddings": 2048,
                 "rms_norm_eps": 1e-5, "mm_projector_type": "mlp2x_gelu", "mm_vision_select_layer": -2,
                 "image_aspect_ratio": "pad"}
                """);
        CheckpointConfig config = SyntheticShapes.of(file.toString());
        assertThat(config.name()).isEqualTo("half");
        assertThat(config.decoder().layers()).isEqualTo(16);
        assertThat(config.decoder().headSize()).isEqualTo(128);
        assertThat(config.vision().featureRows()).isEqualTo(576);
        assertThat(config.preprocessing().padToSquare()).isTrue();
    }

    @Test
    void whatIsNeitherANameNorAFileIsRefused() {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> SyntheticShapes.of("sharegpt4v-70b"))
                .withMessageContaining("sharegpt4v-70b");
    }

    @Test
    void thirteenBillionIsThePublishedShape() {
        CheckpointConfig config = SyntheticShapes.of("sharegpt4v-13b");
        assertThat(config.decoder().hiddenSize()).isEqualTo(5120);
        assertThat(config.decoder().layers()).isEqualTo(40);
        assertThat(config.decoder().headSize()).isEqualTo(128);
        assertThat(config.decoder().intermediateSize()).isEqualTo(13_824);
    }
}
