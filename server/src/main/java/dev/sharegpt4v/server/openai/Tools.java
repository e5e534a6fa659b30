package dev.sharegpt4v.server.openai;

import java.util.List;
import java.util.Optional;

/**
 * The functions that a model may call.
 *
 * @param functions at least one
 * @param mode whether it must
 * @param named the function that it must call, where one is named
 * @param several whether a forced answer may hold several calls
 */
public record Tools(List<ToolFunction> functions, Mode mode, Optional<String> named, boolean several) {

    /** Whether a function is called. */
    public enum Mode {
        /** As the model likes. */
        AUTO,
        /** In any case. */
        REQUIRED
    }

    public Tools {
        functions = List.copyOf(functions);
    }
}
