package dev.sharegpt4v.server.lifecycle;

/** A model in memory. */
public interface Loadable extends AutoCloseable {

    /** Whether it can answer. */
    boolean isHealthy();

    /** Ends what still runs on it and frees its device; who uses it yet gets errors, and must then let it go. */
    void stop();

    /** Frees the rest of a stopped one, once nobody uses it. */
    @Override
    void close();
}
