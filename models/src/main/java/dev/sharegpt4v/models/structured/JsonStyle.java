package dev.sharegpt4v.models.structured;

import java.util.Optional;

/**
 * How JSON is laid out.
 *
 * @param whitespace an expression for what may stand between tokens; empty for the usual forms: none, one space, or a new
 *     line and an indentation
 * @param compact whether nothing may stand between tokens
 * @param closed whether objects hold no properties but those that are named, where the schema does not say
 */
public record JsonStyle(Optional<String> whitespace, boolean compact, boolean closed) {

    /** The usual forms, and what the schema says. */
    public static final JsonStyle USUAL = new JsonStyle(Optional.empty(), false, false);
}
