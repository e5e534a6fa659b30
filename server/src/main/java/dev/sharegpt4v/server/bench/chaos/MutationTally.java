package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Judges answers to requests that went wrong, and counts them. Thread-safe. */
final class MutationTally {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_EXAMPLES = 20;
    private static final int MOST_SHOWN = 200;

    /** Requests of one kind. */
    record Row(int sent, int answered, int refused, int busy, int closed, int wrong) {

        private static final Row NONE = new Row(0, 0, 0, 0, 0, 0);

        private Row plus(int answered, int refused, int busy, int closed, int wrong) {
            return new Row(
                    sent + 1,
                    this.answered + answered,
                    this.refused + refused,
                    this.busy + busy,
                    this.closed + closed,
                    this.wrong + wrong);
        }
    }

    private final Map<Mutant.Kind, Row> rows = new EnumMap<>(Mutant.Kind.class);
    private final List<String> wrong = new ArrayList<>();

    /** Counts an answer: 2xx, or 4xx and 503 with a body that says what is wrong and nothing of the inside. */
    synchronized void answered(long number, Mutant mutant, Answer answer) {
        Row row = rows.getOrDefault(mutant.kind(), Row.NONE);
        int status = answer.status();
        if (status >= 200 && status < 300) {
            rows.put(mutant.kind(), row.plus(1, 0, 0, 0, 0));
        } else if ((status >= 400 && status < 500 || status == 503) && explains(answer)) {
            boolean busy = status == 429 || status == 503;
            rows.put(mutant.kind(), row.plus(0, busy ? 0 : 1, busy ? 1 : 0, 0, 0));
        } else {
            String body = answer.body().strip();
            wrong(number, mutant, status + " " + body.substring(0, Math.min(MOST_SHOWN, body.length())));
        }
    }

    /** Counts a connection that was closed without a word, which only what is no HTTP deserves. */
    synchronized void closed(long number, Mutant mutant, String why) {
        if (mutant.framed()) {
            wrong(number, mutant, why);
        } else {
            rows.put(mutant.kind(), rows.getOrDefault(mutant.kind(), Row.NONE).plus(0, 0, 0, 1, 0));
        }
    }

    /** Counts what must not be. */
    synchronized void wrong(long number, Mutant mutant, String why) {
        rows.put(mutant.kind(), rows.getOrDefault(mutant.kind(), Row.NONE).plus(0, 0, 0, 0, 1));
        if (wrong.size() < MOST_EXAMPLES) {
            wrong.add("number " + number + ", " + mutant.kind().label() + ": " + why);
        }
    }

    /** OpenAI's shape and Anthropic's have this in common. */
    private static boolean explains(Answer answer) {
        try {
            JsonNode error = JSON.readTree(answer.body()).path("error");
            return error.path("message").isTextual()
                    && error.path("type").isTextual()
                    && !answer.body().contains("Exception")
                    && !answer.body().contains("\\tat ");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    synchronized Map<Mutant.Kind, Row> rows() {
        return new EnumMap<>(rows);
    }

    synchronized Check check() {
        int sent = rows.values().stream().mapToInt(Row::sent).sum();
        int bad = rows.values().stream().mapToInt(Row::wrong).sum();
        return new Check(
                "every answer is 2xx, 4xx, 429 or 503", bad == 0 && sent > 0, bad + " of " + sent + " are not", wrong);
    }
}
