package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * Where files and batches are kept.
 *
 * @param folder that no other process uses
 * @param maxBytes of all files together
 * @param linesAtOnce of batches that are answered at one time; a quarter of what shares a step when empty
 */
public record DataConfig(Path folder, long maxBytes, OptionalInt linesAtOnce) {

    int lines(EngineOptions engine) {
        return linesAtOnce.orElse(Math.max(1, engine.maxRunning() / 4));
    }
}
