package dev.sharegpt4v.server.logging;

/** The request that a thread serves: every line that is logged meanwhile names it. */
public final class RequestContext {

    /** The id of the request, as its answer has it. */
    public static final ScopedValue<String> ID = ScopedValue.newInstance();

    private RequestContext() {}

    /** Empty outside of requests. */
    static String id() {
        return ID.orElse("");
    }
}
