package dev.sharegpt4v.models.image;

/** Bytes that are no usable image. */
public final class ImageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with an image. */
    public enum Kind {
        /** None of the formats that are read. */
        UNSUPPORTED_FORMAT,
        /** Damaged or truncated. */
        MALFORMED,
        /** More bytes or pixels than the limits allow. */
        TOO_LARGE
    }

    private final Kind kind;

    public ImageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    ImageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static ImageException malformed(String what) {
        return new ImageException(Kind.MALFORMED, what);
    }
}
