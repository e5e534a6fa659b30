package dev.sharegpt4v.models.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Public fixtures that stand beside the repository; tests that need them skip where they are missing. */
public final class SharedData {

    private SharedData() {}

    /** Path of a fixture, such as {@code images/hopper.jpg}; skips the test when it is not there. */
    public static Path path(String relative) {
        Path path = Path.of(System.getProperty("sharegpt4v.shared.data", "../../shared/data"))
                .resolve(relative);
        assumeTrue(Files.exists(path), () -> "needs the shared fixture " + relative + ", which is not here");
        return path;
    }
}
