package dev.sharegpt4v.models.convert;

/** A package could not be written; nothing is left at its place. */
public final class ConversionException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What went wrong, for exit codes and advice. */
    public enum Kind {
        /** The model is of a shape that the graphs cannot express, or has weights that the format cannot hold. */
        UNSUPPORTED_MODEL,
        /** The target exists already. */
        TARGET_EXISTS,
        /** Another conversion writes to the same place. */
        BUSY,
        /** The target cannot be written. */
        UNWRITABLE_TARGET,
        /** The file system has no room left. */
        DISK_FULL,
        /** The converting thread was interrupted. */
        INTERRUPTED
    }

    private final Kind kind;

    public ConversionException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public ConversionException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
