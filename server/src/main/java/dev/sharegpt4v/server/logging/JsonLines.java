package dev.sharegpt4v.server.logging;

import dev.sharegpt4v.server.tracing.Span;
import java.util.Optional;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** One JSON object per record; docs/logs.md names its members. */
final class JsonLines extends Formatter {

    @Override
    public String format(LogRecord entry) {
        Optional<LogFields> fields = fields(entry);
        String logger = entry.getLoggerName();
        JsonText line = new JsonText()
                .add("timestamp", entry.getInstant())
                .add("level", level(entry.getLevel()))
                .add("logger", logger == null ? "" : logger)
                .add("message", fields.map(LogFields::message).orElseGet(() -> String.valueOf(formatMessage(entry))));
        addContext(line);
        fields.ifPresent(more -> line.addAll(more.fields()));
        Throwable thrown = entry.getThrown();
        if (thrown != null) {
            line.add("exception", thrown.getClass().getName()).add("stack_trace", ThrownText.trace(thrown));
        }
        return line + "\n";
    }

    /** As other programs name them. */
    private static String level(Level level) {
        if (level.intValue() >= Level.SEVERE.intValue()) {
            return "ERROR";
        }
        if (level.intValue() >= Level.WARNING.intValue()) {
            return "WARN";
        }
        return level.intValue() >= Level.INFO.intValue() ? "INFO" : "DEBUG";
    }

    private static void addContext(JsonText line) {
        String request = RequestContext.id();
        if (!request.isEmpty()) {
            line.add("request_id", request);
        }
        Span span = Span.current();
        if (!span.traceId().isEmpty()) {
            line.add("trace_id", span.traceId()).add("span_id", span.spanId());
        }
    }

    /** Of a record that is more than words. */
    static Optional<LogFields> fields(LogRecord entry) {
        Object[] parameters = entry.getParameters();
        return parameters != null && parameters.length == 1 && parameters[0] instanceof LogFields fields
                ? Optional.of(fields)
                : Optional.empty();
    }
}
