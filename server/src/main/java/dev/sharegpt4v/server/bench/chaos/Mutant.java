package dev.sharegpt4v.server.bench.chaos;

/**
 * A request that went wrong on its way.
 *
 * @param kind of the change
 * @param request all its bytes, head and body
 * @param framed whether head and length are still those of HTTP, so that an answer must come and others may follow
 */
record Mutant(Kind kind, byte[] request, boolean framed) {

    /** What is changed. */
    enum Kind {
        BYTES("bytes of a body"),
        JSON("members of a body"),
        IMAGE("an image"),
        FORM("a form"),
        URL("a URL"),
        HEAD("a head");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }
}
