package dev.sharegpt4v.server.logging;

import java.util.Map;

/**
 * A record of more than words: {@code LOG.log(INFO, "{0}", fields)}. As text it is what {@code toString} gives; as JSON its
 * fields stand beside the message.
 */
public interface LogFields {

    /** In a few words, without what the fields say. */
    String message();

    /** Strings, numbers and booleans, by their names. */
    Map<String, Object> fields();
}
