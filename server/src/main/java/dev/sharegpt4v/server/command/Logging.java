package dev.sharegpt4v.server.command;

import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;

/** One line per record on standard error; libraries speak only of trouble. */
final class Logging {

    private Logging() {}

    static void configure() {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        Handler console = new ConsoleHandler();
        console.setLevel(Level.ALL);
        root.addHandler(console);
        root.setLevel(Level.WARNING);
        Logger own = Logger.getLogger("dev.sharegpt4v");
        own.setLevel(Level.INFO);
        KEPT[0] = own;
    }

    /** Loggers are held weakly by their registry; a level set on a forgotten one is lost. */
    private static final Logger[] KEPT = new Logger[1];
}
