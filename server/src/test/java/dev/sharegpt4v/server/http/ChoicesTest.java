package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.models.text.AnswerDecoder;
import dev.sharegpt4v.runtime.engine.Beam;
import dev.sharegpt4v.runtime.engine.BeamOptions;
import dev.sharegpt4v.runtime.engine.BeamSearch;
import dev.sharegpt4v.runtime.engine.GenerationRequest;
import dev.sharegpt4v.runtime.engine.Scheduling;
import dev.sharegpt4v.runtime.engine.StopRule;
import dev.sharegpt4v.runtime.sampling.SamplingOptions;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Events;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several answers to one question. */
@Timeout(60) // Only to end a hang.
final class ChoicesTest {

    private static final int END = 2;

    private final ScriptedServer server = new ScriptedServer("a red circle");

    @AfterEach
    void close() {
        server.close();
    }

    /** A question whose answers differ with their seeds. */
    private static ObjectNode drawn(long seed) {
        return Requests.about("?", Pictures.dataUri(Pictures.png(1)))
                .put("temperature", 2)
                .put("seed", seed)
                .put("max_tokens", 12)
                .put("ignore_eos", true);
    }

    private List<String> texts(ObjectNode body) {
        return answer(body)
                .path("choices")
                .valueStream()
                .map(choice -> choice.at("/message/content").asText())
                .toList();
    }

    private JsonNode answer(ObjectNode body) {
        Response answer = server.chat(body);
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return Golden.parse(answer.asString());
    }

    @Test
    void severalChoicesHaveOpenAisShape() {
        ObjectNode body = Requests.about("?", Pictures.dataUri(Pictures.png(1))).put("n", 2);
        Golden.matches("chat-choices.json", server.chat(body).asString());
    }

    @Test
    void eachChoiceIsWhatItsSeedDrawsAlone() {
        List<String> alone = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            alone.addAll(texts(drawn(70 + i)));
        }
        assertThat(texts(drawn(70).put("n", 3))).isEqualTo(alone).doesNotHaveDuplicates();
    }

    @Test
    void aStreamOfSeveralSaysWhatTheWholeAnswerSays() {
        ObjectNode body = drawn(5).put("n", 4);
        List<String> whole = texts(body);
        ObjectNode streamed = Requests.streamed(body.deepCopy());
        streamed.putObject("stream_options").put("include_usage", true);
        Events events = Events.of(server.chat(streamed).asString());

        for (int i = 0; i < 4; i++) {
            assertThat(events.text(i)).isEqualTo(whole.get(i));
            assertThat(events.finishReason(i)).isEqualTo("length");
            assertThat(events.choices(i).toList().getFirst().at("/delta/role").asText())
                    .isEqualTo("assistant");
        }
        List<JsonNode> usages = events.chunks().stream()
                .filter(chunk -> chunk.path("usage").isObject())
                .toList();
        assertThat(usages).hasSize(1);
        assertThat(usages.getFirst().at("/usage/completion_tokens").asInt()).isEqualTo(48);
    }

    @Test
    void thePromptCountsOnceAndAllCompletionsCount() {
        JsonNode one = answer(drawn(1)).path("usage");
        JsonNode three = answer(drawn(1).put("n", 2).put("best_of", 3)).path("usage");
        assertThat(three.path("prompt_tokens")).isEqualTo(one.path("prompt_tokens"));
        assertThat(three.path("completion_tokens").asInt())
                .isEqualTo(3 * one.path("completion_tokens").asInt());
    }

    @Test
    void theBestAreThoseWhoseTokensWereTheLikeliest() {
        List<String> all = texts(drawn(9).put("n", 6));
        List<String> best = texts(drawn(9).put("n", 2).put("best_of", 6));
        assertThat(best).hasSize(2).isSubsetOf(all);
        // The text that the model finds likeliest is among them wherever it was drawn.
        List<String> cold = texts(drawn(9).put("temperature", 0).put("n", 1).put("best_of", 6));
        assertThat(cold).containsExactly(texts(drawn(9).put("temperature", 0)).getFirst());
    }

    @Test
    void beamsAreThoseThatTheEngineFinds() throws InterruptedException {
        ObjectNode body = Requests.text("?")
                .put("use_beam_search", true)
                .put("n", 2)
                .put("best_of", 3)
                .put("length_penalty", 0.5)
                .put("max_tokens", 6);
        JsonNode answer = answer(body);

        GenerationRequest request = new GenerationRequest(
                "beams",
                server.prompt("?"),
                SamplingOptions.GREEDY,
                new StopRule(6, 0, Set.of(END)),
                Scheduling.DEFAULT,
                OptionalInt.empty());
        List<Beam> beams = new BeamSearch(server.engine(), request, new BeamOptions(3, 0.5, false)).run();
        List<String> expected =
                beams.stream().limit(2).map(beam -> words(beam.tokens())).toList();
        assertThat(texts(body)).isEqualTo(expected).doesNotHaveDuplicates();
        assertThat(answer.at("/usage/completion_tokens").asInt())
                .isEqualTo(beams.stream().mapToInt(beam -> beam.tokens().size()).sum());
    }

    private String words(List<Integer> tokens) {
        AnswerDecoder decoder = new AnswerDecoder(server.tokenizer(), List.of(), Set.of(END));
        StringBuilder words = new StringBuilder();
        tokens.forEach(token -> words.append(decoder.append(token)));
        return words + decoder.finish();
    }

    @Test
    void aBeamEndsAtAStopString() {
        ObjectNode body = Requests.text("?").put("use_beam_search", true).put("stop", " circle");
        JsonNode choice = answer(body).at("/choices/0");
        assertThat(choice.at("/message/content").asText()).isEqualTo("a red");
        assertThat(choice.path("finish_reason").asText()).isEqualTo("stop");
    }

    @Test
    void moreThanTheEngineEverTakesAreRefused() {
        int most = ScriptedServer.ENGINE.maxRunning() + ScriptedServer.ENGINE.maxQueued();
        ErrorAnswer.is(server.chat(drawn(1).put("n", most + 1)), 400, "invalid_value", "n");
        assertThat(texts(drawn(1).put("n", most))).hasSize(most);
    }

    @Test
    void whatIsCachedIsTold() {
        assertThat(cached(Requests.text("what is this?"))).isZero();
        assertThat(cached(Requests.text("what is this?"))).isPositive();
        assertThat(cached(Requests.text("what is this?").put("stop", "red"))).isPositive();
        assertThat(cached(Requests.text("what is this?").put("cache_salt", "mine")))
                .isZero();
        assertThat(cached(Requests.text("what is this?").put("cache_salt", "mine")))
                .isPositive();
        assertThat(cached(Requests.text("what is this?").put("use_beam_search", true)))
                .isPositive();
    }

    private int cached(ObjectNode body) {
        return answer(body).at("/usage/prompt_tokens_details/cached_tokens").asInt();
    }

    @Test
    void aTextThatGoesRoundInCirclesIsEnded() {
        try (ScriptedServer looping = new ScriptedServer("a red circle ".repeat(200))) {
            ObjectNode body = Requests.text("?");
            body.putObject("repetition_detection").put("max_pattern_size", 8).put("min_count", 3);
            JsonNode answer = Golden.parse(looping.chat(body).asString());
            assertThat(answer.at("/choices/0/finish_reason").asText()).isEqualTo("repetition");
            assertThat(answer.at("/usage/completion_tokens").asInt()).isLessThan(20);
        }
    }
}
