package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.checkpoint.GenerationDefaults;
import dev.sharegpt4v.server.bench.mix.SyntheticPicture;
import dev.sharegpt4v.server.openai.ChatRequestReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RequestFormTest {

    private static final GenerationDefaults NO_DEFAULTS =
            new GenerationDefaults(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    private static final byte[] PICTURE = SyntheticPicture.jpeg(8, 8, 1);

    private static JsonNode body(Api api, boolean ignoreEnd, String extra, byte[]... pictures) throws IOException {
        ObjectNode members = (ObjectNode) new JsonMapper().readTree(extra);
        return new JsonMapper()
                .readTree(new RequestForm(api, "m", ignoreEnd, members)
                        .body(new Question("What?", List.of(pictures), 9)));
    }

    @Test
    void ourOwnServerUnderstandsIt() throws IOException {
        assertThat(ChatRequestReader.read(body(Api.CHAT, true, "{}", PICTURE, PICTURE), NO_DEFAULTS, 2)
                        .options())
                .satisfies(options -> {
                    assertThat(options.maxTokens()).hasValue(9);
                    assertThat(options.ignoreEnd()).isTrue();
                    assertThat(options.stream()).isTrue();
                    assertThat(options.streamUsage()).isTrue();
                });
    }

    @Test
    void theFieldThatNotEveryServerKnowsCanBeLeftOut() throws IOException {
        assertThat(body(Api.CHAT, false, "{}").has("ignore_eos")).isFalse();
    }

    @Test
    void everyPictureStandsBeforeTheWords() throws IOException {
        JsonNode content = body(Api.CHAT, true, "{}", PICTURE, PICTURE).at("/messages/0/content");
        assertThat(content).hasSize(3);
        assertThat(content.at("/1/image_url/url").asText()).startsWith("data:image/jpeg;base64,");
        assertThat(content.at("/2/text").asText()).isEqualTo("What?");
        assertThat(body(Api.CHAT, true, "{}").at("/messages/0/content")).hasSize(1);
    }

    @Test
    void extraMembersAreAddedReplaceOursAndNullTakesOut() throws IOException {
        JsonNode body =
                body(Api.CHAT, true, "{\"top_k\":5,\"temperature\":0.7,\"ignore_eos\":null,\"stream_options\":null}");
        assertThat(body.path("top_k").asInt()).isEqualTo(5);
        assertThat(body.path("temperature").asDouble()).isEqualTo(0.7);
        assertThat(body.has("ignore_eos") || body.has("stream_options")).isFalse();
    }

    @Test
    void completionsHaveAPromptInPlaceOfMessages() throws IOException {
        JsonNode body = body(Api.COMPLETIONS, true, "{}");
        assertThat(body.path("prompt").asText()).isEqualTo("What?");
        assertThat(body.has("messages")).isFalse();
        assertThat(body.at("/stream_options/include_usage").asBoolean()).isTrue();
    }
}
