package dev.sharegpt4v.server.logging;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** Time, level and words; the request where there is one; below them the frames of what was thrown. */
final class TextLines extends Formatter {

    private static final int TO_MILLISECONDS = "2026-01-31T12:00:00.000".length();

    @Override
    public String format(LogRecord entry) {
        StringBuilder line = new StringBuilder();
        line.append(time(entry.getInstant())).append(' ');
        line.append(entry.getLevel().getName()).append(' ');
        line.append(SafeText.of(String.valueOf(formatMessage(entry))));
        String request = RequestContext.id();
        if (!request.isEmpty() && JsonLines.fields(entry).isEmpty()) {
            line.append(" request=").append(SafeText.of(request));
        }
        line.append('\n');
        if (entry.getThrown() != null) {
            line.append(ThrownText.trace(entry.getThrown()));
        }
        return line.toString();
    }

    /** By hand, for the JDK's formatters take longer to set up than a start has; a nanosecond more makes all digits show. */
    private static String time(Instant instant) {
        Instant shown = instant.truncatedTo(ChronoUnit.MILLIS).plusNanos(1);
        return LocalDateTime.ofInstant(shown, ZoneId.systemDefault()).toString().substring(0, TO_MILLISECONDS);
    }
}
