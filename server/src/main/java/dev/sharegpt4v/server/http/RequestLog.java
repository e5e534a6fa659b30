package dev.sharegpt4v.server.http;

import dev.sharegpt4v.server.logging.LogFields;
import dev.sharegpt4v.server.logging.SafeText;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One line for each exchange, where the operator asked for it. Prompts are cut short, images and keys never stand there; what a
 * caller wrote cannot look like another line.
 *
 * @param path as it came, without its query
 * @param nanos that it took
 */
record RequestLog(ExchangeNotes notes, String method, String route, String path, int status, long nanos)
        implements LogFields {

    private static final System.Logger LOG = System.getLogger("dev.sharegpt4v.requests");
    private static final int MOST_READ = 16 << 10;
    private static final int MOST_SHOWN = 200;
    private static final double SECOND = 1e9;
    private static final Pattern IMAGE = Pattern.compile("data:[^\"]*");

    void write() {
        LOG.log(System.Logger.Level.INFO, "{0}", this);
    }

    /** The first words of a body, without its images. */
    static String excerpt(byte[] json) {
        String text = new String(json, 0, Math.min(json.length, MOST_READ), StandardCharsets.UTF_8);
        String plain = SafeText.of(IMAGE.matcher(text).replaceAll("data:…"));
        // A character that is cut in halves is dropped.
        return plain.length() > MOST_SHOWN
                ? SafeText.of(plain.substring(0, MOST_SHOWN)).stripTrailing() + "…"
                : plain;
    }

    @Override
    public String message() {
        return method + " " + path + " " + status;
    }

    @Override
    public Map<String, Object> fields() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("method", method);
        fields.put("route", route);
        fields.put("path", path);
        fields.put("status", status);
        fields.put("duration", nanos / SECOND);
        put(fields, "key", notes.key());
        put(fields, "model", notes.model());
        if (!notes.operation().isEmpty()) {
            fields.put("prompt_tokens", notes.promptTokens());
            fields.put("completion_tokens", notes.completionTokens());
        }
        put(fields, "error_code", notes.refusal());
        put(fields, "body", notes.body());
        return fields;
    }

    private static void put(Map<String, Object> fields, String name, String value) {
        if (!value.isEmpty()) {
            fields.put(name, value);
        }
    }

    /** The line for people. */
    @Override
    public String toString() {
        return "%s %s %s %d %d ms%s%s%s"
                .formatted(
                        notes.id(),
                        SafeText.of(method),
                        SafeText.of(path),
                        status,
                        nanos / 1_000_000,
                        word(" key=", notes.key()),
                        word(" trace=", notes.span().traceId()),
                        word(" ", notes.body()));
    }

    private static String word(String before, String value) {
        return value.isEmpty() ? "" : before + SafeText.of(value);
    }
}
