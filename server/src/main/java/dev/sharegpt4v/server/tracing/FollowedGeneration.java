package dev.sharegpt4v.server.tracing;

/** The span of one generation, which the engine ends. */
public interface FollowedGeneration {

    /** Of nothing that is traced. */
    FollowedGeneration NONE = new FollowedGeneration() {
        @Override
        public void stopping(String reason) {}

        @Override
        public void refused(String type) {}
    };

    /** Its caller cancels it, since its text is over: what the engine takes for a cancel is an end. */
    void stopping(String reason);

    /** The engine has not taken it. */
    void refused(String type);
}
