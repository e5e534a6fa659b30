package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

final class QuestionTest {

    private static final GenerationDefaults NO_DEFAULTS =
            new GenerationDefaults(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    private static JsonNode body(boolean ignoreEnd, Optional<byte[]> picture) throws IOException {
        return new JsonMapper().readTree(new Question("m", "What?", 9, ignoreEnd).body(picture));
    }

    @Test
    void ourOwnServerUnderstandsIt() throws IOException {
        JsonNode body = body(true, Pictures.synthetic(1, 8, 8, 1).of(0));
        assertThat(ChatRequestReader.read(body, NO_DEFAULTS, 1).options()).satisfies(options -> {
            assertThat(options.maxTokens()).hasValue(9);
            assertThat(options.ignoreEnd()).isTrue();
            assertThat(options.stream()).isTrue();
            assertThat(options.streamUsage()).isTrue();
        });
    }

    @Test
    void theFieldThatNotEveryServerKnowsCanBeLeftOut() throws IOException {
        assertThat(body(false, Optional.empty()).has("ignore_eos")).isFalse();
    }

    @Test
    void withoutAPictureThereAreWordsOnly() throws IOException {
        assertThat(body(true, Optional.empty()).at("/messages/0/content")).hasSize(1);
    }

    @Test
    void syntheticPicturesHaveTheSizeAskedForAndDiffer() throws IOException {
        Pictures pictures = Pictures.synthetic(3, 40, 30, 1);
        BufferedImage image =
                ImageIO.read(new ByteArrayInputStream(pictures.of(0).orElseThrow()));
        assertThat(image.getWidth()).isEqualTo(40);
        assertThat(image.getHeight()).isEqualTo(30);
        assertThat(pictures.of(0).orElseThrow()).isNotEqualTo(pictures.of(1).orElseThrow());
        assertThat(pictures.of(0).orElseThrow())
                .isEqualTo(Pictures.synthetic(1, 40, 30, 1).of(0).orElseThrow());
    }

    @Test
    void givenPicturesComeInTurn() {
        Pictures pictures = Pictures.of(List.of(new byte[] {1}, new byte[] {2}));
        assertThat(pictures.of(2).orElseThrow()).containsExactly(1);
        assertThat(pictures.of(3).orElseThrow()).containsExactly(2);
    }
}
