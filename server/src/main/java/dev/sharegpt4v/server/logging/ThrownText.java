package dev.sharegpt4v.server.logging;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a log says of an exception: types and frames. Words are told only of those that never hold what a caller wrote: a
 * parser's, for one, may quote a prompt.
 */
final class ThrownText {

    private static final int MOST_CAUSES = 8;
    private static final int MOST_WORDS = 500;
    /** Of a runtime that knows no text, of files and of sockets. */
    private static final List<String> PLAIN_PACKAGES =
            List.of("dev.sharegpt4v.runtime.", "ai.onnxruntime.", "java.nio.file.", "java.net.");

    private static final Set<Class<? extends Throwable>> PLAIN = Set.of(
            IllegalStateException.class,
            NullPointerException.class,
            IndexOutOfBoundsException.class,
            ArrayIndexOutOfBoundsException.class,
            ClassCastException.class,
            ArithmeticException.class,
            OutOfMemoryError.class,
            StackOverflowError.class,
            NoClassDefFoundError.class,
            AssertionError.class);

    private ThrownText() {}

    /** Type and, where they are harmless, words. */
    static String head(Throwable thrown) {
        String type = thrown.getClass().getName();
        String words = thrown.getMessage();
        if (words == null || !isPlain(thrown.getClass(), type)) {
            return type;
        }
        String safe = SafeText.of(words);
        return type + ": " + (safe.length() > MOST_WORDS ? SafeText.of(safe.substring(0, MOST_WORDS)) + "…" : safe);
    }

    private static boolean isPlain(Class<?> kind, String type) {
        return PLAIN.contains(kind) || PLAIN_PACKAGES.stream().anyMatch(type::startsWith);
    }

    /** The exception and its causes with their frames, a line each. */
    static String trace(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        @Nullable Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            text.append(i == 0 ? "" : "Caused by: ").append(head(cause)).append('\n');
            for (StackTraceElement frame : cause.getStackTrace()) {
                text.append("\tat ").append(frame).append('\n');
            }
            cause = cause.getCause();
        }
        return text.toString();
    }
}
