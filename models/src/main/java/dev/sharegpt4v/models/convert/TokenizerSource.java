package dev.sharegpt4v.models.convert;

import java.io.IOException;
import java.nio.file.Path;

/** Where a package's tokenizer comes from. */
@FunctionalInterface
public interface TokenizerSource {

    /** Writes {@code tokenizer.json} to the given place. */
    void write(Path target) throws IOException;
}
