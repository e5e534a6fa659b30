package dev.sharegpt4v.runtime.execution;

/** The device failed; {@link #kind()} says what can be done about it. */
public final class ExecutionFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What a failure means for the work that it hit. */
    public enum Kind {
        /** The same step may succeed when it is run again. */
        RETRYABLE,
        /** The step needs more memory than the device has now. */
        OUT_OF_MEMORY,
        /** The device can do no more work. */
        FATAL
    }

    private final Kind kind;

    public ExecutionFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ExecutionFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
