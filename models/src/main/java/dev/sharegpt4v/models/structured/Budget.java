package dev.sharegpt4v.models.structured;

/** Work that compiling one structure may take, counted and not timed. */
final class Budget {

    private static final long WORK = 4_000_000;

    private long left = WORK;

    /** Takes so much; {@link StructureException} when there is no more. */
    void spend(long units) {
        left -= units;
        if (left < 0) {
            throw StructureException.tooComplex("", "it would take too much work to compile");
        }
    }
}
