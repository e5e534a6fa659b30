package dev.sharegpt4v.server.logging;

import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One line per record on standard error; libraries speak only of trouble. */
public final class Logging {

    /** Loggers are held weakly by their registry; a level set on a forgotten one is lost. */
    private static final Logger OWN = Logger.getLogger("dev.sharegpt4v");

    /** A collector that is away, and what is dropped meanwhile, is told once, by ours. */
    private static final List<Logger> SILENT = List.of(
            Logger.getLogger("io.opentelemetry.exporter"), Logger.getLogger("io.opentelemetry.sdk.trace.export"));

    private static volatile LogFormat format = LogFormat.TEXT;

    private Logging() {}

    /** Sets up the log of this process, anew if it was set up before. */
    public static void configure(LogFormat asked) {
        format = asked;
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(console(formatter(asked)));
        root.setLevel(Level.WARNING);
        OWN.setLevel(Level.INFO);
        SILENT.forEach(logger -> logger.setLevel(Level.OFF));
    }

    /** Makes lines of records. */
    public static Formatter formatter(LogFormat asked) {
        return asked == LogFormat.JSON ? new JsonLines() : new TextLines();
    }

    private static Handler console(Formatter formatter) {
        Handler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        console.setFormatter(formatter);
        try {
            if (isJson()) {
                console.setEncoding(StandardCharsets.UTF_8.name());
            }
        } catch (UnsupportedEncodingException e) {
            throw new IllegalStateException("every JVM knows UTF-8. This is a bug.", e);
        }
        return console;
    }

    /** Whether every line is a JSON object. */
    public static boolean isJson() {
        return format == LogFormat.JSON;
    }
}
