package dev.sharegpt4v.models.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;

/** Reads numbers of a configuration and refuses impossible ones by name. */
record ConfigNumbers(Path file, JsonNode node) {

    private static final int LARGEST = 1 << 24;

    ConfigNumbers child(String key) {
        return new ConfigNumbers(file, node.path(key));
    }

    int size(String key, int missing) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return missing;
        }
        if (!value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < 1
                || value.intValue() > LARGEST) {
            throw new CheckpointException(file + ": " + key + " of " + value + " is not a size");
        }
        return value.intValue();
    }

    int size(String key) {
        if (!node.hasNonNull(key)) {
            throw new CheckpointException(file + ": lacks " + key);
        }
        return size(key, 0);
    }

    int id(String key, int missing) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return missing;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            throw new CheckpointException(file + ": " + key + " of " + value + " is not a number");
        }
        return value.intValue();
    }

    double positive(String key, double missing) {
        JsonNode value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return missing;
        }
        if (!value.isNumber() || !(value.doubleValue() > 0) || Double.isInfinite(value.doubleValue())) {
            throw new CheckpointException(file + ": " + key + " of " + value + " is not a positive number");
        }
        return value.doubleValue();
    }

    String text(String key, String missing) {
        JsonNode value = node.path(key);
        return value.isTextual() ? value.textValue() : missing;
    }
}
