package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prompts that are looked at and not run. */
final class PromptRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int ROWS = 81;
    private static final String PICTURE = Pictures.dataUri(Pictures.png(1));

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aTextBecomesIdsAfterTheBeginToken() {
        JsonNode answer = ok("/tokenize", JSON.createObjectNode().put("prompt", "a red circle"));
        assertThat(ints(answer.path("tokens")))
                .startsWith(1)
                .endsWith(SERVER.tokenizer().encode("a red circle"));
        assertThat(answer.path("count").asInt()).isEqualTo(answer.path("tokens").size());
        assertThat(answer.path("max_model_len").asInt()).isEqualTo(2048);
        assertThat(answer.path("token_strs").isNull()).isTrue();
        assertThat(answer.size()).isEqualTo(4);
    }

    @Test
    void piecesComeWhereTheyAreAskedFor() {
        JsonNode answer = ok(
                "/tokenize",
                JSON.createObjectNode()
                        .put("model", ScriptedServer.MODEL)
                        .put("prompt", "a red circle")
                        .put("add_special_tokens", false)
                        .put("return_token_strs", true));
        assertThat(ints(answer.path("tokens")))
                .containsExactly(SERVER.tokenizer().encode("a red circle"));
        assertThat(String.join("", texts(answer.path("token_strs")))).isEqualTo("▁a▁red▁circle");
    }

    @Test
    void messagesBecomeThePromptThatAChatRequestHas() {
        ObjectNode body = Requests.text("what?");
        JsonNode answer = ok("/tokenize", body);
        assertThat(ints(answer.path("tokens")))
                .containsExactly(SERVER.prompt("what?").tokens());
        assertThat(ints(ok("/tokenize", body.put("add_special_tokens", false)).path("tokens")))
                .doesNotContain(1)
                .hasSize(answer.path("count").asInt() - 1);
    }

    @Test
    void aPictureCountsAsItsPlaces() {
        ObjectNode body = Requests.about("what?", PICTURE);
        JsonNode answer = ok("/tokenize", body.put("return_token_strs", true));
        assertThat(Arrays.stream(ints(answer.path("tokens"))).filter(id -> id == -200))
                .hasSize(ROWS);
        assertThat(texts(answer.path("token_strs"))).contains("<image>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a red circle", "", "zwei\nZeilen", "🐈 犬", "</s> and <image>"})
    void idsBecomeTheirTextAgain(String text) {
        ObjectNode body = JSON.createObjectNode().put("prompt", text).put("add_special_tokens", false);
        ObjectNode back = JSON.createObjectNode();
        back.set("tokens", ok("/tokenize", body).path("tokens"));
        assertThat(ok("/detokenize", back)).isEqualTo(JSON.createObjectNode().put("prompt", text));
    }

    @Test
    void specialTokensAreSpeltOut() {
        ObjectNode body = JSON.createObjectNode();
        body.putArray("tokens").add(1).add(2);
        assertThat(ok("/detokenize", body).path("prompt").asText()).isEqualTo("<s></s>");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "/tokenize;   {};                                     missing_required_parameter; prompt",
                "/tokenize;   {\"prompt\":7};                         invalid_type;               prompt",
                "/tokenize;   {\"prompt\":\"a\",\"messages\":[]};     invalid_value;              prompt",
                "/tokenize;   {\"prompt\":\"a\",\"colour\":1};        unknown_parameter;          colour",
                "/tokenize;   {\"messages\":[]};                      empty_array;                messages",
                "/tokenize;   {\"prompt\":\"a\",\"return_token_strs\":1}; invalid_type;           return_token_strs",
                "/detokenize; {};                                     missing_required_parameter; tokens",
                "/detokenize; {\"tokens\":[1,-200]};                  integer_out_of_range;       tokens[1]",
                "/detokenize; {\"tokens\":[1000000]};                 integer_out_of_range;       tokens[0]",
                "/detokenize; {\"tokens\":[\"a\"]};                   invalid_type;               tokens[0]",
                "/detokenize; {\"tokens\":[1],\"colour\":1};          unknown_parameter;          colour",
                "/v1/chat/completions/render;       {};               missing_required_parameter; messages",
                "/v1/chat/completions/input_tokens; {\"messages\":1}; invalid_type;               messages",
            })
    void whatIsWrongIsNamed(String path, String body, String code, String param) {
        ErrorAnswer.is(SERVER.post(path, body), 400, code, param);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tokenize", "/detokenize", "/v1/chat/completions/render"})
    void anotherModelIsNotFound(String path) {
        ObjectNode body = path.equals("/detokenize") ? JSON.createObjectNode() : Requests.text("?");
        body.put("model", "other");
        if (path.equals("/detokenize")) {
            body.putArray("tokens");
        }
        ErrorAnswer.is(SERVER.post(path, body), 404, "model_not_found", "model");
    }

    @Test
    void aTextThatNoContextHoldsIsRefusedBeforeItIsTokenised() {
        ErrorAnswer.is(
                SERVER.post("/tokenize", JSON.createObjectNode().put("prompt", "a".repeat(1_000_000))),
                400,
                "context_length_exceeded",
                "prompt");
    }

    @Test
    void thePromptOfAChatRequestIsShownAndNotRun() {
        int steps = SERVER.executor().steps().size();
        ObjectNode body = Requests.about("an <image>?", PICTURE, Pictures.dataUri(Pictures.png(2)));
        body.put("max_tokens", 5).put("stream", true);

        JsonNode answer = ok("/v1/chat/completions/render", body);

        String prompt = answer.path("prompt").asText();
        assertThat(prompt)
                .startsWith("A chat between a curious user")
                .endsWith(" USER: <image><image>\nan <image>? ASSISTANT:");
        assertThat(answer.path("template").asText()).isEqualTo("vicuna_v1");
        assertThat(answer.path("model").asText()).isEqualTo(ScriptedServer.MODEL);
        assertThat(ints(answer.path("prompt_token_ids")))
                .hasSize(answer.path("count").asInt());
        ArrayNode images = (ArrayNode) answer.path("images");
        assertThat(images).hasSize(2);
        int first = images.path(0).path("offset").asInt();
        for (int i = 0; i < 2; i++) {
            JsonNode slot = images.path(i);
            assertThat(slot.path("index").asInt()).isEqualTo(i);
            assertThat(slot.path("length").asInt()).isEqualTo(ROWS);
            assertThat(slot.path("offset").asInt()).isEqualTo(first + i * ROWS);
            assertThat(prompt.substring(slot.path("text_offset").asInt())).startsWith("<image>");
            assertThat(slot.path("param").asText()).isEqualTo("messages[0].content[" + i + "].image_url.url");
            assertThat(slot.path("hash").asText()).matches("[0-9a-f]{32}");
            for (int place = 0; place < ROWS; place++) {
                assertThat(answer.at("/prompt_token_ids/" + (first + i * ROWS + place))
                                .asInt())
                        .isEqualTo(-200);
            }
        }
        assertThat(images.path(0).path("hash")).isNotEqualTo(images.path(1).path("hash"));
        assertThat(SERVER.executor().steps()).hasSize(steps);
    }

    @Test
    void thePromptThatIsShownIsTheOneThatRuns() {
        ObjectNode body = Requests.about("what is this?", PICTURE);
        int shown = ok("/v1/chat/completions/render", body).path("count").asInt();
        assertThat(ok("/v1/chat/completions/input_tokens", body))
                .isEqualTo(JSON.createObjectNode()
                        .put("object", "response.input_tokens")
                        .put("input_tokens", shown));
        assertThat((int) SERVER.chat(body).path("usage.prompt_tokens")).isEqualTo(shown);
    }

    @Test
    void aPictureThatCannotBeReadIsRefusedHereToo() {
        ErrorAnswer.is(
                SERVER.post("/v1/chat/completions/render", Requests.about("?", "data:image/png;base64,AAAA")),
                400,
                "unsupported_image_format",
                "messages[0].content[0].image_url.url");
    }

    private static JsonNode ok(String path, ObjectNode body) {
        Response answer = SERVER.post(path, body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }

    private static int[] ints(JsonNode array) {
        int[] ints = new int[array.size()];
        for (int i = 0; i < ints.length; i++) {
            ints[i] = array.path(i).asInt();
        }
        return ints;
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }
}
