package dev.sharegpt4v.server.bench.chaos;

/** How a client behaves. */
enum Manner {
    /** Reads its answer to the end. */
    READS("reads"),
    /** Reads to the end, a little at a time. */
    READS_SLOWLY("reads slowly"),
    /** Leaves after the first pieces of a stream. */
    LEAVES_STREAM("leaves its stream"),
    /** Leaves before anything comes. */
    LEAVES_AT_ONCE("leaves at once"),
    /** Sends half of a request and leaves. */
    SENDS_HALF("sends half"),
    /** Sends what must be refused, and reads the refusal. */
    SENDS_NONSENSE("sends nonsense"),
    /** One of many that come at the same moment. */
    BURSTS("comes in a burst");

    private final String label;

    Manner(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    boolean leaves() {
        return this == LEAVES_STREAM || this == LEAVES_AT_ONCE || this == SENDS_HALF;
    }
}
