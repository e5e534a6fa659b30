package dev.sharegpt4v.server.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Judges answers to requests that went wrong, and counts them. Thread-safe. */
final class MutationTally {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int MOST_EXAMPLES = 20;
    private static final int MOST_SHOWN = 200;
    private static final int MOST_SLOW = 10;

    private static final Pattern TOKENS = Pattern.compile("\"(completion|output)_tokens\"\\s*:\\s*[1-9]");

    /** What can come of a request. */
    enum Outcome {
        ANSWERED,
        REFUSED,
        BUSY,
        LEFT,
        CLOSED,
        WRONG
    }

    /** How long one request took, by its number. */
    record Slow(long number, String what, double millis) {}

    /** Requests of one kind; those that reached generation are among the answered and the left. */
    static final class Row {

        private final Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
        private int sent;
        private int generated;

        private void add(Outcome outcome, boolean generated) {
            sent++;
            outcomes.merge(outcome, 1, Integer::sum);
            this.generated += generated ? 1 : 0;
        }

        int sent() {
            return sent;
        }

        int generated() {
            return generated;
        }

        int of(Outcome outcome) {
            return outcomes.getOrDefault(outcome, 0);
        }
    }

    private final Map<Mutant.Kind, Row> rows = new EnumMap<>(Mutant.Kind.class);
    private final Map<String, Map<String, Integer>> routes = new TreeMap<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final PriorityQueue<Slow> slowest = new PriorityQueue<>(Comparator.comparingDouble(Slow::millis));
    private final List<String> wrong = new ArrayList<>();

    /** Counts an answer: a whole 2xx, or 4xx and 503 with a body that says what is wrong and nothing of the inside. */
    synchronized void answered(long number, Mutant mutant, Answer answer) {
        int status = answer.status();
        if (status >= 200 && status < 300) {
            if (isWhole(answer)) {
                add(mutant, String.valueOf(status), Outcome.ANSWERED, isGenerated(answer));
            } else {
                wrong(number, mutant, "not whole: " + shown(answer));
            }
        } else if ((status >= 400 && status < 500 || status == 503) && explains(answer)) {
            boolean busy = status == 429 || status == 503;
            add(mutant, String.valueOf(status), busy ? Outcome.BUSY : Outcome.REFUSED, false);
            refusals.merge(code(answer), 1, Integer::sum);
        } else {
            wrong(number, mutant, shown(answer));
        }
    }

    /** Keeps the longest. */
    synchronized void took(long number, Mutant mutant, double millis) {
        slowest.add(new Slow(number, mutant.kind().label() + ", " + mutant.route(), millis));
        if (slowest.size() > MOST_SLOW) {
            slowest.remove();
        }
    }

    /** Anthropic's errors have a type alone. */
    private static String code(Answer answer) {
        try {
            JsonNode error = JSON.readTree(answer.body()).path("error");
            return answer.status() + " "
                    + error.path("code").asText(error.path("type").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("it was read before. This is a bug.", e);
        }
    }

    private static String shown(Answer answer) {
        String body = answer.body().strip();
        return answer.status() + " " + body.substring(0, Math.min(MOST_SHOWN, body.length()));
    }

    /** Counts an answer whose reader went in its middle. */
    synchronized void left(Mutant mutant, boolean generated) {
        add(mutant, "left", Outcome.LEFT, generated);
    }

    /** Counts a connection that was closed without a word, which only what is no HTTP deserves. */
    synchronized void closed(long number, Mutant mutant, String why) {
        if (mutant.framed()) {
            wrong(number, mutant, why);
        } else {
            add(mutant, "closed", Outcome.CLOSED, false);
        }
    }

    /** Counts what must not be. */
    synchronized void wrong(long number, Mutant mutant, String why) {
        add(mutant, "wrong", Outcome.WRONG, false);
        if (wrong.size() < MOST_EXAMPLES) {
            wrong.add("number " + number + ", " + mutant.kind().label() + ", " + mutant.route() + ": " + why);
        }
    }

    private void add(Mutant mutant, String status, Outcome outcome, boolean generated) {
        rows.computeIfAbsent(mutant.kind(), _ -> new Row()).add(outcome, generated);
        routes.computeIfAbsent(mutant.route(), _ -> new TreeMap<>()).merge(status, 1, Integer::sum);
    }

    /** JSON is JSON to its end; a stream ends with the event that ends it, or with an error that is not the server's own. */
    private static boolean isWhole(Answer answer) {
        if (answer.isStream()) {
            String end = answer.body().substring(Math.max(0, answer.body().lastIndexOf("data:")));
            return end.startsWith("data: [DONE]")
                    || end.contains("\"message_stop\"")
                    || end.contains("\"response.completed\"")
                    || end.contains("\"response.incomplete\"")
                    || end.contains("\"error\"") && !end.contains("internal_error") && !end.contains("api_error");
        }
        try {
            boolean isJson = answer.header("content-type").startsWith("application/json");
            return !isJson || JSON.readTree(answer.body()) != null;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    private static boolean isGenerated(Answer answer) {
        return answer.isStream() || TOKENS.matcher(answer.body()).find();
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

    /** Numbers of answers by route and status. */
    synchronized Map<String, Map<String, Integer>> routes() {
        return new TreeMap<>(routes);
    }

    /** Numbers of refusals by status and code. */
    synchronized Map<String, Integer> refusals() {
        return new TreeMap<>(refusals);
    }

    /** The requests that took longest, those first. */
    synchronized List<Slow> slowest() {
        return slowest.stream()
                .sorted(Comparator.comparingDouble(Slow::millis).reversed())
                .toList();
    }

    /** How many reached generation. */
    synchronized int generated() {
        return rows.values().stream().mapToInt(Row::generated).sum();
    }

    synchronized Check check() {
        int sent = rows.values().stream().mapToInt(Row::sent).sum();
        int bad = rows.values().stream().mapToInt(row -> row.of(Outcome.WRONG)).sum();
        return new Check(
                "every answer is 2xx, 4xx, 429 or 503", bad == 0 && sent > 0, bad + " of " + sent + " are not", wrong);
    }
}
