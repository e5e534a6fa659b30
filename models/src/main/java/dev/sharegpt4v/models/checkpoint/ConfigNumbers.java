package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/** Reads values of a configuration by key; absent ones have a default, impossible ones are refused by name. */
record ConfigNumbers(Path file, JsonNode node) {

    ConfigNumbers child(String key) {
        return new ConfigNumbers(file, node.path(key));
    }

    boolean has(String key) {
        return node.hasNonNull(key);
    }

    /** A size from 1 to {@code largest}. */
    int size(String key, int missing, int largest) {
        return has(key) ? within(key, 1, largest) : missing;
    }

    /** An id of a vocabulary. */
    int id(String key, int missing, int vocabulary) {
        return has(key) ? within(key, 0, vocabulary - 1) : missing;
    }

    /** A whole number of either sign, such as a layer counted from the end. */
    int integer(String key, int missing) {
        return has(key) ? within(key, Integer.MIN_VALUE, Integer.MAX_VALUE) : missing;
    }

    double positive(String key, double missing) {
        if (!has(key)) {
            return missing;
        }
        JsonNode value = node.path(key);
        if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
            throw refusal(key + " of " + value + " is not a positive number");
        }
        return value.doubleValue();
    }

    String text(String key, String missing) {
        if (!has(key)) {
            return missing;
        }
        if (!node.path(key).isTextual()) {
            throw refusal(key + " of " + node.path(key) + " is not a text");
        }
        return node.path(key).textValue();
    }

    boolean flag(String key, boolean missing) {
        if (!has(key)) {
            return missing;
        }
        if (!node.path(key).isBoolean()) {
            throw refusal(key + " of " + node.path(key) + " is neither true nor false");
        }
        return node.path(key).booleanValue();
    }

    CheckpointException refusal(String what) {
        return new CheckpointException(file + ": " + what);
    }

    private int within(String key, int least, int largest) {
        JsonNode value = node.path(key);
        boolean fits = value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= least
                && value.intValue() <= largest;
        if (!fits) {
            throw refusal(key + " of " + value + " is not a whole number from " + least + " to " + largest);
        }
        return value.intValue();
    }
}
