package dev.sharegpt4v.server.logging;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;

/** Time, level and words; the request where there is one; below them the frames of what was thrown. */
final class TextLines extends Formatter {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS").withZone(ZoneId.systemDefault());

    @Override
    public String format(LogRecord entry) {
        StringBuilder line = new StringBuilder();
        line.append(TIME.format(entry.getInstant())).append(' ');
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
}
