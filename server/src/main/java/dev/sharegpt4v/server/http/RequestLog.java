package dev.sharegpt4v.server.http;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * One line for each exchange, where the operator asked for it. Prompts are cut short, images and keys never stand there; what a
 * caller wrote cannot look like another line.
 */
final class RequestLog {

    private static final System.Logger LOG = System.getLogger("dev.sharegpt4v.requests");
    private static final ScopedValue<RequestLog> CURRENT = ScopedValue.newInstance();
    private static final int MOST_READ = 16 << 10;
    private static final int MOST_SHOWN = 200;
    private static final Pattern IMAGE = Pattern.compile("data:[^\"]*");
    private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\p{Zl}\\p{Zp}\\p{Cf}]+");

    private String key = "";
    private String body = "";

    /** Serves an exchange, then logs it. */
    static void around(Runnable exchange, java.util.function.Function<RequestLog, String> line) {
        RequestLog log = new RequestLog();
        try {
            ScopedValue.where(CURRENT, log).run(exchange);
        } finally {
            LOG.log(System.Logger.Level.INFO, line.apply(log));
        }
    }

    /** Says by which key the current exchange was let in. */
    static void nameKey(String name) {
        if (CURRENT.isBound()) {
            CURRENT.get().key = name;
        }
    }

    /** Notes the start of the current exchange's body. */
    static void note(byte[] json) {
        if (CURRENT.isBound()) {
            CURRENT.get().body = excerpt(new String(json, 0, Math.min(json.length, MOST_READ), StandardCharsets.UTF_8));
        }
    }

    static String excerpt(String text) {
        String plain = safe(IMAGE.matcher(text).replaceAll("data:…"));
        return plain.length() > MOST_SHOWN ? plain.substring(0, MOST_SHOWN) + "…" : plain;
    }

    /** Without line ends and control characters. */
    static String safe(String text) {
        return UNSAFE.matcher(text).replaceAll(" ");
    }

    /** A line about an exchange. */
    String line(String id, String method, String path, int status, long nanos) {
        return "%s %s %s %d %d ms%s%s"
                .formatted(
                        id,
                        method,
                        safe(path),
                        status,
                        nanos / 1_000_000,
                        key.isEmpty() ? "" : " key=" + key,
                        body.isEmpty() ? "" : " " + body);
    }
}
