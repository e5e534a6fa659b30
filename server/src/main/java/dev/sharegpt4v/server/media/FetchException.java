package dev.sharegpt4v.server.media;

/** An image that was not fetched; its message may be told to the caller. */
public final class FetchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** Why there is no image. */
    public enum Kind {
        /** Not a URL that is read here. */
        INVALID_URL,
        /** A host, an address or a port that must not be reached. */
        NOT_ALLOWED,
        /** A file that is not there, or not for this server to read. */
        NOT_FOUND,
        /** No answer, or none with an image. */
        FAILED,
        /** Not in time. */
        TIMEOUT,
        /** More bytes than an image may have. */
        TOO_LARGE,
        /** As many downloads as there may be are under way. */
        BUSY,
        /** Nobody waits for it any more. */
        CANCELLED
    }

    private final Kind kind;

    FetchException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    FetchException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    static FetchException invalid(String why) {
        return new FetchException(Kind.INVALID_URL, why);
    }

    static FetchException failed(String why) {
        return new FetchException(Kind.FAILED, why);
    }

    static FetchException tooLarge(long most) {
        return new FetchException(Kind.TOO_LARGE, "the image has more than the " + most + " bytes that are allowed");
    }
}
