package dev.sharegpt4v.models.jinja;

/**
 * A word of a template.
 *
 * @param kind of it
 * @param text as it stands there; of strings what it means
 * @param line where it stands, from 1
 */
record Token(Kind kind, String text, int line) {

    /** Kinds of words. */
    enum Kind {
        DATA,
        PRINT_BEGIN,
        PRINT_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        INTEGER,
        REAL,
        OPERATOR,
        END
    }

    boolean is(Kind other, String word) {
        return kind == other && text.equals(word);
    }
}
