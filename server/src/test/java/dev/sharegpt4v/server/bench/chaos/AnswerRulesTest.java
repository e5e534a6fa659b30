package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AnswerRulesTest {

    private static final String ERROR =
            "{\"error\":{\"message\":\"no\",\"type\":\"invalid_request_error\",\"param\":null,\"code\":\"x\"}}";
    private static final String WHOLE =
            "{\"choices\":[{\"message\":{\"content\":\"a disc\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3}}";
    private static final String PIECE = "data: {\"choices\":[{\"delta\":{\"content\":\"a \"}}]}\n\n";
    private static final String LAST =
            "data: {\"choices\":[{\"delta\":{\"content\":\"disc\"},\"finish_reason\":\"stop\"}]}\n\n";

    private static Ending judge(Manner manner, int status, String body, String... headers) {
        return AnswerRules.judge(
                manner, new Answer(status, headers.length == 0 ? Map.of() : Map.of(headers[0], headers[1]), body));
    }

    private static Ending stream(String body) {
        return judge(Manner.READS, 200, body, "content-type", "text/event-stream; charset=utf-8");
    }

    @Test
    void wholeAnswersGiveTheirText() {
        assertThat(judge(Manner.READS, 200, WHOLE)).isEqualTo(new Ending.Answered("a disc"));
    }

    @Test
    void streamsGiveTheTextOfAllTheirPieces() {
        assertThat(stream(": ping\n\n" + PIECE + LAST + "data: [DONE]\n\n")).isEqualTo(new Ending.Answered("a disc"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                PIECE + LAST,
                PIECE + "data: [DONE]\n\n",
                PIECE + LAST + "data: [DONE]\n\n" + PIECE,
                "data: {\"choices\":\n\n",
                "event: error\ndata: {\"error\":{}}\n\ndata: [DONE]\n\n",
                ""
            })
    void streamsThatEndOtherwiseAreWrong(String body) {
        assertThat(stream(body)).isInstanceOf(Ending.Wrong.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"choices\":[{\"message\":{\"content\":\"a\"}}]}", "<html>"})
    void answersThatAreNotWholeAreWrong(String body) {
        assertThat(judge(Manner.READS, 200, body)).isInstanceOf(Ending.Wrong.class);
    }

    @Test
    void nonsenseIsToBeRefusedAndGoodRequestsAreNot() {
        assertThat(judge(Manner.SENDS_NONSENSE, 400, ERROR)).isEqualTo(new Ending.Refused(400));
        assertThat(judge(Manner.SENDS_NONSENSE, 200, WHOLE)).isInstanceOf(Ending.Wrong.class);
        assertThat(judge(Manner.READS, 400, ERROR)).isInstanceOf(Ending.Wrong.class);
    }

    @Test
    void whoIsTooBusySaysWhenToComeAgain() {
        assertThat(judge(Manner.BURSTS, 429, ERROR, "retry-after", "1")).isEqualTo(new Ending.Busy(429));
        assertThat(judge(Manner.READS, 503, ERROR, "retry-after", "2")).isEqualTo(new Ending.Busy(503));
        assertThat(judge(Manner.BURSTS, 429, ERROR)).isInstanceOf(Ending.Wrong.class);
        assertThat(judge(Manner.BURSTS, 429, ERROR, "retry-after", "soon")).isInstanceOf(Ending.Wrong.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"error\":\"no\"}",
                "no",
                "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"code\":400,\"param\":null}}"
            })
    void errorsOfAnotherShapeAreWrong(String body) {
        assertThat(judge(Manner.SENDS_NONSENSE, 400, body)).isInstanceOf(Ending.Wrong.class);
    }

    @Test
    void failuresOfTheServerAreWrongWhateverTheirShape() {
        assertThat(judge(Manner.SENDS_NONSENSE, 500, ERROR)).isInstanceOf(Ending.Wrong.class);
    }
}
