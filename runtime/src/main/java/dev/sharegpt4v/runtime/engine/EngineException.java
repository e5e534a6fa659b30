package dev.sharegpt4v.runtime.engine;

/** The engine refuses or drops a generation; each kind is one answer to the caller. */
public abstract sealed class EngineException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EngineException(String message) {
        super(message);
    }

    /** Prompt and completion can never fit the context or the KV cache. */
    public static final class TooLong extends EngineException {
        private static final long serialVersionUID = 1L;

        public TooLong(String message) {
            super(message);
        }
    }

    /** More completions at once than the engine ever takes. */
    public static final class TooMany extends EngineException {
        private static final long serialVersionUID = 1L;

        public TooMany(String message) {
            super(message);
        }
    }

    /** The waiting queue is full now. */
    public static final class QueueFull extends EngineException {
        private static final long serialVersionUID = 1L;

        public QueueFull(String message) {
            super(message);
        }
    }

    /** The request's time was over before its first token. */
    public static final class TimedOut extends EngineException {
        private static final long serialVersionUID = 1L;

        public TimedOut(String message) {
            super(message);
        }
    }

    /** The engine is draining or closed. */
    public static final class ShuttingDown extends EngineException {
        private static final long serialVersionUID = 1L;

        public ShuttingDown(String message) {
            super(message);
        }
    }

    /** The device failed under this generation. */
    public static final class DeviceFailed extends EngineException {
        private static final long serialVersionUID = 1L;

        public DeviceFailed(String message, Throwable cause) {
            super(message);
            initCause(cause);
        }
    }
}
