package dev.sharegpt4v.server.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/**
 * Under whose key files and batches were made, or are asked for.
 *
 * @param key the name of an API key; none where the server needs no keys
 */
public record Owner(Optional<String> key) {

    /** Who came without a key. */
    public static final Owner NOBODY = new Owner(Optional.empty());

    private static final String MEMBER = "owner";

    /** Who came with a key of this name. */
    public static Owner of(String key) {
        return new Owner(Optional.of(key));
    }

    /** Callers see their own and what nobody owns; where no keys are needed, all is seen. */
    boolean sees(Owner other) {
        return key.isEmpty() || other.key.isEmpty() || key.equals(other.key);
    }

    /** Adds it to what is kept; it is never told. */
    ObjectNode addTo(ObjectNode stored) {
        key.ifPresent(name -> stored.put(MEMBER, name));
        return stored;
    }

    /** Reads what {@link #addTo} wrote. */
    static Owner in(JsonNode stored) {
        return stored.hasNonNull(MEMBER) ? of(stored.path(MEMBER).asText()) : NOBODY;
    }
}
