package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.Application;

/**
 * What SIGTERM and SIGINT do: the server takes no more requests, those that run end, and so does the process, with exit code
 * 0; with 1 when some had to be cut off at the deadline.
 */
final class Shutdown implements AutoCloseable {

    private final Thread hook;

    private Shutdown(Thread hook) {
        this.hook = hook;
    }

    static Shutdown onSignal(Application application) {
        Thread hook = Thread.ofPlatform().name("shutdown").unstarted(() -> end(application));
        Runtime.getRuntime().addShutdownHook(hook);
        return new Shutdown(hook);
    }

    private static void end(Application application) {
        application.close();
        // The JVM would end with 143, which says that it was killed.
        Runtime.getRuntime().halt(application.isDrained() ? 0 : 1);
    }

    /** Signals end the process at once again. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It runs now.
        }
    }
}
