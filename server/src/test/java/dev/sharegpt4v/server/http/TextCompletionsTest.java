package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The scripted model goes on after "ASSISTANT:"; the first word of what follows a text keeps its space. */
final class TextCompletionsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TEXT = "a large red circle";
    private static final String PROMPT = "what? ASSISTANT:";

    private static final ScriptedServer SERVER = new ScriptedServer(TEXT);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aTextIsGoneOnWithInTheOlderShape() {
        JsonNode answer = ok(body(PROMPT));

        int prompt = 1 + SERVER.tokenizer().encode(PROMPT).length;
        int said = SERVER.tokenizer().encode(TEXT).length + 1;
        assertThat(names(answer))
                .containsExactly("id", "object", "created", "model", "system_fingerprint", "choices", "usage");
        assertThat(answer.path("id").asText()).matches("cmpl-[0-9a-f]{32}");
        assertThat(answer.path("object").asText()).isEqualTo("text_completion");
        assertThat(answer.path("choices"))
                .isEqualTo(Golden.parse(
                        "[{\"index\":0,\"text\":\" " + TEXT + "\",\"logprobs\":null,\"finish_reason\":\"stop\"}]"));
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(prompt);
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(said);
        assertThat(answer.at("/usage/total_tokens").asInt()).isEqualTo(prompt + said);
    }

    @Test
    void noTemplateIsPutAroundThePrompt() {
        try (ScriptedServer fresh = new ScriptedServer(TEXT)) {
            fresh.post("/v1/completions", body(PROMPT));
            assertThat(fresh.prompts()).isEqualTo(PROMPT);
        }
    }

    @Test
    void idsAreGoneOnWithAsTheyAre() {
        ObjectNode body = body("");
        ArrayNode ids = body.putArray("prompt");
        for (int id : SERVER.tokenizer().encode(PROMPT)) {
            ids.add(id);
        }
        JsonNode answer = ok(body);
        assertThat(text(answer, 0)).isEqualTo(" " + TEXT);
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(ids.size());
    }

    @Test
    void theBeginTokenMayBeLeftOut() {
        int with = ok(body(PROMPT)).at("/usage/prompt_tokens").asInt();
        JsonNode without = ok(body(PROMPT).put("add_special_tokens", false));
        assertThat(without.at("/usage/prompt_tokens").asInt()).isEqualTo(with - 1);
    }

    @Test
    void choicesStandInTheOrderOfTheirPrompts() {
        ObjectNode body = body("").put("n", 2).put("echo", true).put("max_tokens", 2);
        body.putArray("prompt").add("first ASSISTANT:").add("second ASSISTANT:");
        JsonNode answer = ok(body);
        assertThat(answer.path("choices")).hasSize(4);
        for (int i = 0; i < 4; i++) {
            assertThat(answer.at("/choices/" + i + "/index").asInt()).isEqualTo(i);
            assertThat(text(answer, i)).startsWith(i < 2 ? "first ASSISTANT: a" : "second ASSISTANT: a");
            assertThat(answer.at("/choices/" + i + "/finish_reason").asText()).isEqualTo("length");
        }
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(8);
        int prompts = 2
                + SERVER.tokenizer().encode("first ASSISTANT:").length
                + SERVER.tokenizer().encode("second ASSISTANT:").length;
        assertThat(answer.at("/usage/prompt_tokens").asInt()).isEqualTo(prompts);
    }

    @Test
    void severalListsOfIdsAreSeveralPrompts() {
        ObjectNode body = body("").put("echo", true);
        ArrayNode lists = body.putArray("prompt");
        for (String prompt : List.of("one ASSISTANT:", "zwei 🐈 ASSISTANT:")) {
            ArrayNode ids = lists.addArray();
            for (int id : SERVER.tokenizer().encode(prompt)) {
                ids.add(id);
            }
        }
        JsonNode answer = ok(body);
        assertThat(text(answer, 0)).isEqualTo("one ASSISTANT: " + TEXT);
        assertThat(text(answer, 1)).isEqualTo("zwei 🐈 ASSISTANT: " + TEXT);
    }

    @Test
    void sixteenTokensAreSaidWhereNoNumberIsGiven() {
        JsonNode answer = ok(body(PROMPT).put("ignore_eos", true));
        assertThat(answer.at("/usage/completion_tokens").asInt()).isEqualTo(16);
        assertThat(ok(body(PROMPT).put("ignore_eos", true).put("max_tokens", 20))
                        .at("/usage/completion_tokens")
                        .asInt())
                .isEqualTo(20);
    }

    @Test
    void aStopStringEndsTheText() {
        JsonNode answer = ok(body(PROMPT).put("stop", " red"));
        assertThat(text(answer, 0)).isEqualTo(" a large");
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void theBestOfSeveralIsGiven() {
        JsonNode answer = ok(body(PROMPT).put("best_of", 3));
        assertThat(answer.path("choices")).hasSize(1);
        assertThat(text(answer, 0)).isEqualTo(" " + TEXT);
        assertThat(ok(body(PROMPT).put("use_beam_search", true).put("n", 2).put("best_of", 2))
                        .path("choices"))
                .hasSize(2);
    }

    @Test
    void aStreamHasTheOlderShapeToo() {
        ObjectNode body = body(PROMPT).put("stream", true).put("echo", true);
        body.putObject("stream_options").put("include_usage", true);
        List<JsonNode> chunks =
                Events.of(SERVER.post("/v1/completions", body).asString()).chunks();

        assertThat(chunks.stream().map(chunk -> chunk.at("/choices/0/text").asText()))
                .satisfies(pieces -> assertThat(String.join("", pieces)).isEqualTo(PROMPT + " " + TEXT));
        JsonNode last = chunks.getLast();
        assertThat(last.path("choices")).isEmpty();
        assertThat(last.at("/usage/completion_tokens").asInt()).isPositive();
        JsonNode end = chunks.get(chunks.size() - 2);
        assertThat(end.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
        for (JsonNode chunk : chunks.subList(0, chunks.size() - 2)) {
            assertThat(chunk.path("object").asText()).isEqualTo("text_completion");
            assertThat(chunk.path("id")).isEqualTo(last.path("id"));
            assertThat(chunk.has("usage") && chunk.path("usage").isNull()).isTrue();
            assertThat(chunk.at("/choices/0/finish_reason").isNull()).isTrue();
            assertThat(names(chunk.at("/choices/0"))).containsExactly("index", "text", "logprobs", "finish_reason");
        }
    }

    @Test
    void severalPromptsAreStreamedTogether() {
        ObjectNode body = body("").put("stream", true).put("n", 2);
        body.putArray("prompt").add("first ASSISTANT:").add("second ASSISTANT:");
        List<JsonNode> chunks =
                Events.of(SERVER.post("/v1/completions", body).asString()).chunks();
        for (int i = 0; i < 4; i++) {
            int index = i;
            String text = chunks.stream()
                    .filter(chunk -> chunk.at("/choices/0/index").asInt() == index)
                    .map(chunk -> chunk.at("/choices/0/text").asText())
                    .collect(Collectors.joining());
            assertThat(text).isEqualTo(" " + TEXT);
        }
        assertThat(chunks).noneMatch(chunk -> chunk.has("usage"));
    }

    @Test
    void logprobsHaveTheOlderShapeAndSayWhereTokensStand() {
        JsonNode answer = ok(body(PROMPT).put("logprobs", 2));
        String text = text(answer, 0);
        JsonNode logprobs = answer.at("/choices/0/logprobs");
        assertThat(names(logprobs)).containsExactly("tokens", "token_logprobs", "top_logprobs", "text_offset");
        assertThat(joined(logprobs.path("tokens"))).isEqualTo(text);
        for (int i = 0; i < logprobs.path("tokens").size(); i++) {
            String token = logprobs.path("tokens").path(i).asText();
            double logprob = logprobs.path("token_logprobs").path(i).asDouble();
            JsonNode top = logprobs.path("top_logprobs").path(i);
            assertThat(text.substring(logprobs.path("text_offset").path(i).asInt()))
                    .startsWith(token);
            assertThat(logprob).isLessThanOrEqualTo(0);
            assertThat(top.size()).isBetween(1, 3);
            assertThat(top.path(token).asDouble()).isEqualTo(logprob);
        }
        assertThat(ok(body(PROMPT)).at("/choices/0/logprobs").isNull()).isTrue();
    }

    @Test
    void anEchoedPromptIsScoredEvenWhereNothingIsSaid() {
        JsonNode answer = ok(body(PROMPT).put("logprobs", 1).put("echo", true).put("max_tokens", 0));
        JsonNode logprobs = answer.at("/choices/0/logprobs");
        int[] ids = SERVER.tokenizer().encode(PROMPT);
        assertThat(text(answer, 0)).isEqualTo(PROMPT);
        assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("length");
        assertThat(answer.at("/usage/completion_tokens").asInt()).isZero();
        assertThat(logprobs.path("tokens")).hasSize(ids.length + 1);
        assertThat(logprobs.at("/tokens/0").asText()).isEqualTo("<s>");
        assertThat(logprobs.at("/token_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/top_logprobs/0").isNull()).isTrue();
        assertThat(logprobs.at("/token_logprobs/1").isNumber()).isTrue();
        for (int i = 2; i < logprobs.path("tokens").size(); i++) {
            assertThat(PROMPT.substring(logprobs.path("text_offset").path(i).asInt()))
                    .startsWith(logprobs.path("tokens").path(i).asText());
        }
        JsonNode both = ok(body(PROMPT).put("logprobs", 1).put("echo", true).put("n", 2));
        assertThat(both.at("/choices/1/logprobs/tokens").size()).isGreaterThan(ids.length + 1);
        assertThat(joined(both.at("/choices/1/logprobs/tokens"))).isEqualTo("<s> " + text(both, 1));
    }

    @Test
    void streamedLogprobsAreThoseOfTheWholeAnswer() {
        JsonNode whole = ok(body(PROMPT).put("logprobs", 1)).at("/choices/0/logprobs");
        ObjectNode pieces = JSON.createObjectNode();
        for (String name : names(whole)) {
            pieces.putArray(name);
        }
        ObjectNode body = body(PROMPT).put("logprobs", 1).put("stream", true);
        for (JsonNode chunk :
                Events.of(SERVER.post("/v1/completions", body).asString()).chunks()) {
            chunk.at("/choices/0/logprobs")
                    .properties()
                    .forEach(piece -> pieces.withArray(piece.getKey()).addAll((ArrayNode) piece.getValue()));
        }
        assertThat(pieces).isEqualTo(whole);
    }

    @Test
    void idsOfPromptAndTextAreToldWhereTheyAreAskedFor() {
        JsonNode answer = ok(body(PROMPT).put("return_token_ids", true).put("prompt_logprobs", 0));
        assertThat(answer.at("/choices/0/prompt_token_ids"))
                .hasSize(answer.at("/usage/prompt_tokens").asInt());
        assertThat(answer.at("/choices/0/token_ids"))
                .hasSize(answer.at("/usage/completion_tokens").asInt());
        assertThat(answer.at("/choices/0/prompt_logprobs"))
                .hasSize(answer.at("/usage/prompt_tokens").asInt());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{};                                     missing_required_parameter; prompt",
                "{\"prompt\":7};                         invalid_type;               prompt",
                "{\"prompt\":[]};                        empty_array;                prompt",
                "{\"prompt\":[\"a\",7]};                 invalid_type;               prompt[1]",
                "{\"prompt\":[7,\"a\"]};                 invalid_type;               prompt[1]",
                "{\"prompt\":[[1],[]]};                  empty_array;                prompt[1]",
                "{\"prompt\":[[1],7]};                   invalid_type;               prompt[1]",
                "{\"prompt\":[[1],[-200]]};              integer_out_of_range;       prompt[1][0]",
                "{\"prompt\":[1,1000000]};               integer_out_of_range;       prompt[1]",
                "{\"prompt\":\"a\",\"suffix\":\"b\"};    unsupported_parameter;      suffix",
                "{\"prompt\":\"a\",\"echo\":1};          invalid_type;               echo",
                "{\"prompt\":\"a\",\"logprobs\":6};      integer_out_of_range;       logprobs",
                "{\"prompt\":\"a\",\"logprobs\":true};   invalid_type;               logprobs",
                "{\"prompt\":\"a\",\"max_tokens\":0};    integer_out_of_range;       max_tokens",
                "{\"prompt\":\"a\",\"echo\":true,\"logprobs\":1,\"stream\":true}; invalid_value; logprobs",
                "{\"prompt\":\"a\",\"messages\":[]};     unknown_parameter;          messages",
                "{\"prompt\":\"a\",\"n\":2,\"best_of\":1}; invalid_value;            best_of",
            })
    void whatIsWrongIsNamed(String body, String code, String param) {
        ErrorAnswer.is(SERVER.post("/v1/completions", body), 400, code, param);
    }

    @ParameterizedTest
    @ValueSource(ints = {3000, 1_000_000})
    void aPromptThatDoesNotFitIsRefused(int words) {
        ErrorAnswer.is(
                SERVER.post("/v1/completions", body("a ".repeat(words))), 400, "context_length_exceeded", "prompt");
    }

    @Test
    void anotherModelIsNotFound() {
        ErrorAnswer.is(
                SERVER.post("/v1/completions", body(PROMPT).put("model", "other")), 404, "model_not_found", "model");
    }

    private static ObjectNode body(String prompt) {
        return JSON.createObjectNode()
                .put("model", ScriptedServer.MODEL)
                .put("prompt", prompt)
                .put("temperature", 0);
    }

    private static JsonNode ok(ObjectNode body) {
        Response answer = SERVER.post("/v1/completions", body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }

    private static String text(JsonNode answer, int index) {
        return answer.at("/choices/" + index + "/text").asText();
    }

    private static String joined(JsonNode texts) {
        StringBuilder all = new StringBuilder();
        texts.forEach(text -> all.append(text.asText()));
        return all.toString();
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
