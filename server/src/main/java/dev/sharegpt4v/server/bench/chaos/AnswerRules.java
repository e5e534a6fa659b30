package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.server.bench.EventReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What an answer must be: a whole answer in OpenAI's shape, or an error in OpenAI's shape that fits the request. */
final class AnswerRules {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_SHOWN = 200;

    private AnswerRules() {}

    static Ending judge(Manner manner, Answer answer) {
        try {
            if (answer.status() != 200) {
                return refusal(manner, answer);
            }
            if (manner == Manner.SENDS_NONSENSE) {
                return wrong("nonsense was answered", answer);
            }
            return answer.isStream() ? stream(answer) : whole(answer);
        } catch (JsonProcessingException e) {
            return wrong("a body that is no JSON", answer);
        }
    }

    private static Ending refusal(Manner manner, Answer answer) throws JsonProcessingException {
        int status = answer.status();
        JsonNode error = JSON.readTree(answer.body()).path("error");
        boolean typed = error.path("message").isTextual()
                && error.path("type").isTextual()
                && error.path("code").isTextual()
                && error.has("param");
        if (!typed) {
            return wrong("an error that has not OpenAI's shape", answer);
        }
        if (status == 429 || status == 503) {
            return answer.header("retry-after").matches("[0-9]+")
                    ? new Ending.Busy(status)
                    : wrong("no Retry-After", answer);
        }
        if (status < 400 || status >= 500) {
            return wrong("a failure of the server", answer);
        }
        return manner == Manner.SENDS_NONSENSE
                ? new Ending.Refused(status)
                : wrong("a good request was refused", answer);
    }

    private static Ending whole(Answer answer) throws JsonProcessingException {
        JsonNode body = JSON.readTree(answer.body());
        JsonNode choice = body.path("choices").path(0);
        JsonNode content = choice.path("message").path("content");
        boolean complete = content.isTextual()
                && choice.path("finish_reason").isTextual()
                && body.path("usage").path("prompt_tokens").asInt() > 0;
        return complete ? new Ending.Answered(content.asText()) : wrong("an answer that is not whole", answer);
    }

    private static Ending stream(Answer answer) throws JsonProcessingException {
        EventReader events =
                new EventReader(new ByteArrayInputStream(answer.body().getBytes(StandardCharsets.UTF_8)));
        StringBuilder text = new StringBuilder();
        boolean finished = false;
        try {
            for (Optional<EventReader.Event> event = events.next(); event.isPresent(); event = events.next()) {
                if (event.get().data().equals("[DONE]")) {
                    return finished && events.next().isEmpty()
                            ? new Ending.Answered(text.toString())
                            : wrong("a stream that does not end as it should", answer);
                }
                JsonNode chunk = JSON.readTree(event.get().data());
                if (chunk.has("error")) {
                    return wrong("an error in a stream", answer);
                }
                JsonNode choice = chunk.path("choices").path(0);
                text.append(choice.path("delta").path("content").asText(""));
                finished |= choice.path("finish_reason").isTextual();
            }
        } catch (JsonProcessingException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return wrong("a stream that breaks off", answer);
    }

    private static Ending.Wrong wrong(String why, Answer answer) {
        String body =
                answer.body().length() > MOST_SHOWN ? answer.body().substring(0, MOST_SHOWN) + "…" : answer.body();
        return new Ending.Wrong(why + ": " + answer.status() + " " + body.strip());
    }
}
