package dev.sharegpt4v.server.logging;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lines of the log, whatever callers make them say. */
final class LogLinesTest {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();
    private static final String HOSTILE =
            "a\r\n2026-01-01T00:00:00.000 INFO forged\u0085\u2028\u2029\u001b[31m\u009b31m\u202e\u0000\ud800\\\" end";

    private record Fields(String message, Map<String, Object> fields) implements LogFields {
        @Override
        public String toString() {
            return message + " " + fields;
        }
    }

    private static LogRecord entry(String message, Object... parameters) {
        LogRecord entry = new LogRecord(Level.INFO, message);
        entry.setLoggerName("dev.sharegpt4v.test");
        entry.setInstant(Instant.parse("2026-11-27T19:30:00.125Z"));
        if (parameters.length > 0) {
            entry.setParameters(parameters);
        }
        return entry;
    }

    private static String line(LogFormat format, LogRecord entry) {
        return Logging.formatter(format).format(entry);
    }

    private static JsonNode json(LogRecord entry) throws IOException {
        String line = line(LogFormat.JSON, entry);
        assertThat(line).endsWith("\n").containsOnlyOnce("\n");
        return JSON.readTree(line);
    }

    @Test
    void timesOfTextAreInMillisecondsOfThisPlaceAlsoOnTheMinute() {
        for (String local : List.of("2026-11-27T19:30:00.125", "2026-11-27T00:00:00.000", "0999-02-03T04:05:06.700")) {
            LogRecord entry = entry("said");
            entry.setInstant(LocalDateTime.parse(local)
                    .plusNanos(999_999)
                    .atZone(ZoneId.systemDefault())
                    .toInstant());
            assertThat(line(LogFormat.TEXT, entry)).isEqualTo(local + " INFO said\n");
        }
    }

    @Test
    void aRecordIsAnObjectOfTimeLevelLoggerAndMessage() throws IOException {
        JsonNode line = json(entry("the {0} is {1}", "sky", "blue"));
        assertThat(line)
                .isEqualTo(JSON.readTree("{\"timestamp\": \"2026-11-27T19:30:00.125Z\", \"level\": \"INFO\","
                        + " \"logger\": \"dev.sharegpt4v.test\", \"message\": \"the sky is blue\"}"));
    }

    @Test
    void fieldsStandBesideTheMessageWithTheirTypes() throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("status", 200);
        fields.put("duration", 0.25);
        fields.put("done", true);
        fields.put("key", "alice");
        JsonNode line = json(entry("{0}", new Fields("GET /", fields)));
        assertThat(line.path("message").asText()).isEqualTo("GET /");
        assertThat(line.path("status").isInt()).isTrue();
        assertThat(line.path("duration").asDouble()).isEqualTo(0.25);
        assertThat(line.path("done").isBoolean()).isTrue();
        assertThat(line.path("key").asText()).isEqualTo("alice");
        assertThat(line(LogFormat.TEXT, entry("{0}", new Fields("GET /", Map.of()))))
                .endsWith(" INFO GET / {}\n");
    }

    @Test
    void everyLineOfARequestNamesIt() throws IOException {
        LogRecord entry = entry("trouble");
        ScopedValue.where(RequestContext.ID, "req_1").call(() -> {
            assertThat(json(entry).path("request_id").asText()).isEqualTo("req_1");
            assertThat(line(LogFormat.TEXT, entry)).endsWith(" INFO trouble request=req_1\n");
            return entry;
        });
    }

    @ParameterizedTest
    @EnumSource(LogFormat.class)
    void nothingThatACallerWroteMakesALineOrReachesATerminal(LogFormat format) {
        LogRecord thrown = entry(HOSTILE);
        thrown.setThrown(new IllegalStateException(HOSTILE, new IOException(HOSTILE)));
        for (LogRecord entry : List.of(
                entry(HOSTILE),
                entry("{0}", HOSTILE),
                entry("{0}", new Fields(HOSTILE, Map.of("path", HOSTILE))),
                thrown)) {
            String text = line(format, entry);
            text.lines()
                    .skip(1)
                    .forEach(line ->
                            assertThat(line).matches("\\tat \\S.*|(Caused by: )?java\\.(io|lang)\\.[A-Za-z]+(: .*)?"));
            assertThat(text.codePoints().filter(point -> point != '\n' && point != '\t'))
                    .noneMatch(SafeText::isUnsafe);
        }
    }

    @Test
    void anyTextIsOneObjectThatHoldsIt() throws IOException {
        Random random = new Random(6);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int j = random.nextInt(20); j > 0; j--) {
                int kind = random.nextInt(3);
                text.append((char)
                        (kind == 0
                                ? random.nextInt(0x100)
                                : kind == 1 ? random.nextInt(0x10000) : 0xd7f0 + random.nextInt(0x820)));
            }
            String whole = new String(text.toString().getBytes(StandardCharsets.UTF_16BE), StandardCharsets.UTF_16BE);
            LogRecord entry = entry("{0}", new Fields(text.toString(), Map.of("path", text.toString())));
            byte[] wire = line(LogFormat.JSON, entry).getBytes(StandardCharsets.UTF_8);
            JsonNode line = JSON.readTree(wire);
            // Halves of characters are replaced, as Java itself does it.
            assertThat(line.path("message").asText()).isEqualTo(whole);
            assertThat(line.path("path").asText()).isEqualTo(whole);
            assertThat(line(LogFormat.TEXT, entry)).containsOnlyOnce("\n").endsWith("\n");
        }
    }

    @Test
    void exceptionsAreToldByTypeAndFramesWithoutWhatAParserQuotes() throws IOException {
        LogRecord entry = entry("it failed");
        entry.setThrown(new IllegalStateException(
                "an answer was lost. This is a bug.", new JsonParseException(null, "unexpected 'my confession'")));
        JsonNode line = json(entry);
        assertThat(line.path("exception").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(line.path("stack_trace").asText())
                .startsWith("java.lang.IllegalStateException: an answer was lost. This is a bug.\n\tat dev.sharegpt4v")
                .contains("\nCaused by: com.fasterxml.jackson.core.JsonParseException\n")
                .doesNotContain("confession");
        assertThat(line(LogFormat.TEXT, entry)).doesNotContain("confession").contains("\n\tat dev.sharegpt4v");
    }

    @Test
    void aDevicesFailureIsToldInItsWords() {
        assertThat(ThrownText.head(new ExecutionFailure(ExecutionFailure.Kind.FATAL, "CUDA error 700")))
                .isEqualTo(ExecutionFailure.class.getName() + ": CUDA error 700");
        assertThat(ThrownText.head(new IllegalArgumentException("my confession")))
                .isEqualTo("java.lang.IllegalArgumentException");
    }

    @Test
    void causesThatGoRoundEnd() {
        List<Throwable> ring = new ArrayList<>();
        RuntimeException one = new RuntimeException("one");
        RuntimeException other = new RuntimeException("other", one);
        one.initCause(other);
        ring.add(one);
        assertThat(ThrownText.trace(ring.getFirst()).lines().filter(line -> line.startsWith("Caused by: ")))
                .hasSizeLessThan(10);
    }

    @Test
    void levelsHaveTheNamesThatOtherProgramsGiveThem() throws IOException {
        LogRecord entry = entry("x");
        entry.setLevel(Level.SEVERE);
        assertThat(json(entry).path("level").asText()).isEqualTo("ERROR");
        entry.setLevel(Level.WARNING);
        assertThat(json(entry).path("level").asText()).isEqualTo("WARN");
        entry.setLevel(Level.FINE);
        assertThat(json(entry).path("level").asText()).isEqualTo("DEBUG");
    }
}
