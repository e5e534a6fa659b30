package dev.sharegpt4v.models.catalog;

/** A folder is not a usable model package; the message names the file. */
public final class PackageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong with the package. */
    public enum Kind {
        /** There is no {@code model.json}: this is no package. */
        NOT_A_PACKAGE,
        /** {@code model.json} cannot be understood. */
        MALFORMED_MANIFEST,
        /** A newer version of this program wrote the package. */
        NEWER_FORMAT,
        /** A file that {@code model.json} lists is not there. */
        MISSING_FILE,
        /** A file has another size or other content than {@code model.json} says. */
        DAMAGED_FILE,
        /** The graphs are written for another device. */
        OTHER_DEVICE
    }

    private final Kind kind;

    public PackageException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public PackageException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
