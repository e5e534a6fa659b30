package dev.sharegpt4v.server.bench.chaos;

/**
 * A request that went wrong on its way, or one that is right and odd.
 *
 * @param kind of the change
 * @param route that it was meant for
 * @param request all its bytes, head and body
 * @param framed whether head and length are still those of HTTP, so that an answer must come and others may follow
 * @param reads bytes of the answer's body that the client takes before it leaves; negative where it stays
 */
record Mutant(Kind kind, String route, byte[] request, boolean framed, int reads) {

    static Mutant of(Kind kind, String route, byte[] request) {
        return new Mutant(kind, route, request, true, -1);
    }

    boolean leaves() {
        return reads >= 0;
    }

    /** What is changed. */
    enum Kind {
        BYTES("bytes of a body"),
        JSON("members of a body"),
        IMAGE("an image"),
        FORM("a form"),
        URL("a URL"),
        HEAD("a head"),
        VALUES("values"),
        DIALOGUE("a dialogue"),
        FORM_OF_ANSWER("a bound answer"),
        PICTURE("an odd picture"),
        LEAVING("leaving"),
        BATCH("a batch");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
