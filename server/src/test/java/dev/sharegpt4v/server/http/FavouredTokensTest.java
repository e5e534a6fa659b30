package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that a request favours, allows and bans. */
final class FavouredTokensTest {

    private static final String TEXT = "a red circle";
    private static final ScriptedServer SERVER = new ScriptedServer(TEXT);
    private static final int[] SAID = SERVER.tokenizer().encode(TEXT);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static JsonNode choice(ObjectNode body) {
        Response answer = SERVER.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString()).at("/choices/0");
    }

    private static String text(ObjectNode body) {
        return choice(body).at("/message/content").asText();
    }

    @Test
    void aBiasCanForceATokenOrKeepItAway() {
        ObjectNode forced = Requests.text("?").put("max_tokens", 3);
        forced.putObject("logit_bias").put(Integer.toString(SAID[0]), 100);
        assertThat(text(forced)).isEqualTo("a a a");

        ObjectNode away = Requests.text("?").put("max_tokens", 2);
        away.putObject("logit_bias").put(Integer.toString(SAID[1]), -100);
        assertThat(text(away)).startsWith("a").isNotEqualTo("a red");
        assertThat(text(Requests.text("?").put("max_tokens", 2))).isEqualTo("a red");
    }

    @Test
    void aBiasDoesNotChangeLogprobs() {
        ObjectNode plain = Requests.text("?").put("logprobs", true).put("max_tokens", 1);
        ObjectNode biased = plain.deepCopy();
        biased.putObject("logit_bias").put(Integer.toString(SAID[0]), 5);
        assertThat(choice(biased).path("logprobs")).isEqualTo(choice(plain).path("logprobs"));
    }

    @Test
    void onlyAllowedTokensAreSaid() {
        ObjectNode body = Requests.text("?").put("return_token_ids", true).put("max_tokens", 6);
        ArrayNode allowed = body.putArray("allowed_token_ids");
        allowed.add(SAID[0]).add(SAID[2]);
        assertThat(choice(body).path("token_ids").valueStream().map(JsonNode::asInt))
                .hasSize(6)
                .startsWith(SAID[0])
                .allMatch(id -> id == SAID[0] || id == SAID[2]);
    }

    @ParameterizedTest
    @ValueSource(strings = {"red", " red", "red circle", "a red circle"})
    void badWordsAreNotSaidThoughTheirBeginningMayBe(String word) {
        ObjectNode body = Requests.text("?").put("max_tokens", 12);
        body.putArray("bad_words").add(word);
        assertThat(text(body)).startsWith("a").doesNotContain(word.strip());
        if (word.equals("a red circle")) {
            assertThat(text(body)).startsWith("a red");
        }
    }

    @Test
    void anAnswerForWhichNothingIsLeftEnds() {
        ObjectNode body = Requests.text("?");
        body.putArray("allowed_token_ids").add(SAID[0]);
        body.putArray("bad_words").add("a a a");
        JsonNode choice = choice(body);
        assertThat(choice.at("/message/content").asText()).isEqualTo("a a");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void theStopMayBeTheLastOfTheAnswer() {
        ObjectNode body = Requests.text("?").put("stop", " red").put("include_stop_str_in_output", true);
        assertThat(text(body)).isEqualTo("a red");
        ObjectNode token = Requests.text("?").put("include_stop_str_in_output", true);
        token.putArray("stop_token_ids").add(SAID[1]);
        assertThat(text(token)).isEqualTo("a red");
        token.put("include_stop_str_in_output", false);
        assertThat(text(token)).isEqualTo("a");
        assertThat(text(Requests.text("?").put("include_stop_str_in_output", true)))
                .isEqualTo(TEXT);
    }
}
