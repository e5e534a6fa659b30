package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.QuantisationReport;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.testing.TestResources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvFormatTest {

    private static final Path CHECKPOINT = Path.of("demo/sharegpt4v-demo");

    @TempDir
    private Path work;

    @Test
    void theDemoSaysTheSameWithHalvesAndBytes() throws IOException {
        try (Checkpoint checkpoint = Checkpoints.open(CHECKPOINT, Optional.empty())) {
            Converter.convert(
                    checkpoint,
                    TokenizerSource.of(CHECKPOINT),
                    work.resolve("package"),
                    ConversionOptions.of(WeightFormat.FP32),
                    ConversionProgress.NONE);
        }
        Path pictures = TestResources.folder("/demo");
        for (boolean own : new boolean[] {true, false}) {
            List<KvDivergence.Cost> costs = KvDivergence.measure(work.resolve("package"), pictures, 6, own);
            QuantisationReport halves = costs.getFirst().report();
            QuantisationReport bytes = costs.getLast().report();
            assertThat(halves.meanDivergence()).isLessThan(1e-5);
            assertThat(halves.sameBestToken()).isGreaterThan(0.99);
            assertThat(bytes.meanDivergence()).isLessThan(5e-3);
            assertThat(bytes.sameBestToken()).isGreaterThan(0.95);
        }
    }
}
