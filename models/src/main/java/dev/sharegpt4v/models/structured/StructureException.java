package dev.sharegpt4v.models.structured;

/** A schema, expression or grammar that cannot be used. */
public final class StructureException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong. */
    public enum Kind {
        /** It means nothing. */
        INVALID,
        /** It means something that is not supported. */
        UNSUPPORTED,
        /** It is supported, and too large. */
        TOO_COMPLEX
    }

    private final Kind kind;
    private final String place;
    private final String reason;

    private StructureException(Kind kind, String place, String message) {
        super(message);
        this.kind = kind;
        this.place = place;
        this.reason = message;
    }

    static StructureException invalid(String place, String message) {
        return new StructureException(Kind.INVALID, place, message);
    }

    static StructureException unsupported(String place, String message) {
        return new StructureException(Kind.UNSUPPORTED, place, message);
    }

    static StructureException tooComplex(String place, String message) {
        return new StructureException(Kind.TOO_COMPLEX, place, message);
    }

    public Kind kind() {
        return kind;
    }

    /** The JSON pointer of the keyword at fault; empty for the whole. */
    public String place() {
        return place;
    }

    /** What is wrong with it. */
    public String reason() {
        return reason;
    }

    /** The same, found at a place. */
    StructureException at(String where) {
        return place.isEmpty() ? new StructureException(kind, where, reason) : this;
    }
}
