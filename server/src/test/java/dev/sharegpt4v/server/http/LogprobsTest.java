package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How likely the tokens of answers and prompts were. */
final class LogprobsTest {

    private static final String TEXT = "a red circle, é, 字 is left of it";
    private static final ScriptedServer SERVER = new ScriptedServer(TEXT);
    private static final int[] SAID = SERVER.tokenizer().encode(TEXT);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static ObjectNode asked(int top) {
        return Requests.text("?").put("logprobs", true).put("top_logprobs", top);
    }

    private static JsonNode answer(ObjectNode body) {
        Response answer = SERVER.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }

    private static JsonNode content(JsonNode answer) {
        return answer.at("/choices/0/logprobs/content");
    }

    /** The logarithm of the softmax, in doubles. */
    private static double logprob(int said, int token) {
        float[] row = ScriptedExecutor.row(said, SERVER.tokenizer().vocabularySize());
        double total = 0;
        for (float logit : row) {
            total += Math.exp(logit);
        }
        return row[token] - Math.log(total);
    }

    @Test
    void eachTokenOfTheTextHasItsOwnAndTheEndHasNone() {
        JsonNode content = content(answer(asked(0)));
        assertThat(content).hasSize(SAID.length);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < SAID.length; i++) {
            JsonNode entry = content.get(i);
            assertThat(entry.path("logprob").asDouble()).isCloseTo(logprob(SAID[i], SAID[i]), within(1e-4));
            assertThat(entry.path("top_logprobs").isArray()).isTrue();
            assertThat(entry.path("top_logprobs")).isEmpty();
            entry.path("bytes").forEach(value -> bytes.write(value.asInt()));
        }
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo(" " + TEXT);
    }

    @Test
    void theLikeliestComeFirstWithTheirText() {
        int vocabulary = SERVER.tokenizer().vocabularySize();
        JsonNode content = content(answer(asked(5)));
        for (int i = 0; i < SAID.length; i++) {
            JsonNode top = content.get(i).path("top_logprobs");
            assertThat(top).hasSize(5);
            assertThat(top.get(0).path("token")).isEqualTo(content.get(i).path("token"));
            double[] all = new double[vocabulary];
            for (int id = 0; id < vocabulary; id++) {
                all[id] = logprob(SAID[i], id);
            }
            Arrays.sort(all);
            for (int j = 0; j < 5; j++) {
                assertThat(top.get(j).path("logprob").asDouble()).isCloseTo(all[vocabulary - 1 - j], within(1e-4));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "circle", "left of", "字", "nothing of it"})
    void aStreamTellsWhatTheWholeAnswerTells(String stop) {
        for (int count = 1; count <= 2; count++) {
            ObjectNode body = asked(2).put("n", count).put("return_token_ids", true);
            if (!stop.isEmpty()) {
                body.put("stop", stop);
            }
            JsonNode whole = answer(body);
            Events events =
                    Events.of(SERVER.chat(Requests.streamed(body.deepCopy())).asString());
            for (int i = 0; i < count; i++) {
                List<JsonNode> told = new ArrayList<>();
                List<JsonNode> ids = new ArrayList<>();
                events.choices(i).forEach(choice -> {
                    choice.at("/logprobs/content").forEach(told::add);
                    choice.path("token_ids").forEach(ids::add);
                });
                assertThat(told).isEqualTo(list(whole.at("/choices/" + i + "/logprobs/content")));
                assertThat(ids).isEqualTo(list(whole.at("/choices/" + i + "/token_ids")));
                assertThat(events.text(i))
                        .isEqualTo(
                                whole.at("/choices/" + i + "/message/content").asText());
            }
            assertThat(events.chunks().getFirst().path("prompt_token_ids")).isEqualTo(whole.path("prompt_token_ids"));
            assertThat(events.chunks().stream().filter(chunk -> chunk.has("prompt_token_ids")))
                    .hasSize(1);
        }
    }

    private static List<JsonNode> list(JsonNode array) {
        assertThat(array.isArray()).isTrue();
        List<JsonNode> list = new ArrayList<>();
        array.forEach(list::add);
        return list;
    }

    @Test
    void tokensThatAStopStringCutsOffAreNotTold() {
        JsonNode answer = answer(asked(0).put("stop", " circle"));
        assertThat(answer.at("/choices/0/message/content").asText()).isEqualTo("a red");
        StringBuilder told = new StringBuilder();
        content(answer).forEach(entry -> told.append(entry.path("token").asText()));
        assertThat(told.toString()).isEqualTo(" a red");
    }

    @Test
    void idsOfTokensMayStandForTheirText() {
        JsonNode content = content(answer(asked(1).put("return_tokens_as_token_ids", true)));
        for (int i = 0; i < SAID.length; i++) {
            assertThat(content.get(i).path("token").asText()).isEqualTo("token_id:" + SAID[i]);
        }
    }

    @Test
    void bytesThatAreNoCharacterAreSpelt() {
        List<String> tokens = new ArrayList<>();
        content(answer(asked(0)))
                .forEach(entry -> tokens.add(entry.path("token").asText()));
        byte[] character = "字".getBytes(StandardCharsets.UTF_8);
        assertThat(tokens).contains("bytes:\\x%02x".formatted(character[0]), "bytes:\\x%02x".formatted(character[2]));
    }

    @Test
    void withoutLogprobsThereAreNone() {
        assertThat(answer(Requests.text("?")).at("/choices/0/logprobs").isNull())
                .isTrue();
        assertThat(answer(Requests.text("?").put("n", 2).put("best_of", 3))
                        .at("/choices/0/logprobs")
                        .isNull())
                .isTrue();
    }

    @Test
    void idsOfPromptAndAnswerAreTold() {
        JsonNode answer =
                answer(Requests.about("?", Pictures.dataUri(Pictures.png(1))).put("return_token_ids", true));
        assertThat(answer.path("prompt_token_ids"))
                .hasSize(answer.at("/usage/prompt_tokens").asInt());
        assertThat(answer.path("prompt_token_ids").valueStream().filter(id -> id.asInt() == -200))
                .hasSize(81);
        List<JsonNode> ids = list(answer.at("/choices/0/token_ids"));
        assertThat(ids.stream().mapToInt(JsonNode::asInt))
                .startsWith(Arrays.stream(SAID).boxed().toArray(Integer[]::new));
        assertThat(ids.getLast().asInt()).isEqualTo(2);
        assertThat(ids).hasSize(answer.at("/usage/completion_tokens").asInt());
    }

    @Test
    void thePromptIsScoredButForItsFirstPositionAndItsPictures() {
        JsonNode answer = answer(Requests.about("what?", Pictures.dataUri(Pictures.png(1)))
                .put("prompt_logprobs", 2)
                .put("return_token_ids", true)
                .put("return_prompt_text", true));
        JsonNode scored = answer.path("prompt_logprobs");
        JsonNode ids = answer.path("prompt_token_ids");
        assertThat(scored).hasSize(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            int id = ids.get(i).asInt();
            assertThat(scored.get(i).isNull()).isEqualTo(i == 0 || id == -200);
            if (i > 0 && id >= 0) {
                JsonNode own = scored.get(i).path(Integer.toString(id));
                assertThat(own.path("rank").asInt()).isPositive();
                assertThat(own.path("logprob").asDouble()).isNegative();
                assertThat(scored.get(i).size()).isBetween(2, 3);
            }
        }
        assertThat(answer.path("prompt_text").asText()).contains("USER: <image>\nwhat? ASSISTANT:");
        assertThat(answer.at("/usage/prompt_tokens_details/cached_tokens").asInt())
                .isZero();
    }

    @Test
    void wordsOfThePromptAreAsLikelyAsWhenTheyWereSaid() {
        JsonNode said = content(answer(asked(3)));
        ObjectNode again = Requests.text("?").put("prompt_logprobs", 3).put("max_tokens", 1);
        again.put("continue_final_message", true).put("return_token_ids", true);
        ((ArrayNode) again.get("messages")).addObject().put("role", "assistant").put("content", TEXT);
        JsonNode answer = answer(again);
        JsonNode scored = answer.path("prompt_logprobs");
        int from = scored.size() - SAID.length;
        for (int i = 0; i < SAID.length; i++) {
            JsonNode own = scored.get(from + i).path(Integer.toString(SAID[i]));
            assertThat(own.path("logprob")).isEqualTo(said.get(i).path("logprob"));
            assertThat(own.path("decoded_token")).isEqualTo(said.get(i).path("token"));
            assertThat(own.path("rank").asInt()).isEqualTo(1);
        }
    }
}
