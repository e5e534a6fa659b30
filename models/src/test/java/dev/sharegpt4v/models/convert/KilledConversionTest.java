package dev.sharegpt4v.models.convert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.catalog.PackageFiles;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.PackagePlace;
import dev.sharegpt4v.models.checkpoint.CheckpointConfig;
import dev.sharegpt4v.models.checkpoint.DecoderConfig;
import dev.sharegpt4v.runtime.testing.CrashingFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A conversion that is killed at any of its steps. */
final class KilledConversionTest {

    private static final CheckpointConfig MODEL =
            TinyModels.config(TinyModels.odd(false), new DecoderConfig(32, 48, 1, 2, 2, 16, 300, 64, 1e-5, 10_000), 1);
    private static final ConversionOptions OLD =
            ConversionOptions.of(WeightFormat.FP16).replacing();
    private static final ConversionOptions NEW =
            ConversionOptions.of(WeightFormat.FP32).replacing();

    @TempDir
    private Path folder;

    @Test
    void theFirstConversionLeavesAWholePackageOrNoneAndTheNextOneSucceeds() throws IOException {
        List<Integer> steps = stepsToDieAt();
        for (int i = 0; i < steps.size(); i += 2) {
            CrashingFiles files = new CrashingFiles(steps.get(i));
            die(files);
            if (Files.exists(out())) {
                requireWhole("fp32");
                requireNothingElse(files);
            }
            convert(out(), NEW);
            requireWhole("fp32");
            requireNothingElse(files);
            PackagePlace.delete(out());
        }
    }

    @Test
    void aConversionThatReplacesLeavesTheOldPackageOrTheNewOne() throws IOException {
        Path old = folder.resolve("old");
        convert(old, OLD);
        convert(out(), OLD);
        List<String> found = new ArrayList<>();
        for (int step : stepsToDieAt()) {
            CrashingFiles files = new CrashingFiles(step);
            die(files);
            PackageManifest manifest = ManifestJson.read(out());
            requireWhole(manifest.weights().decoder());
            requireNothingElse(files);
            found.add(manifest.weights().decoder());
            restore(old);
        }
        assertThat(found).contains("fp16", "fp32");
    }

    @Test
    void aPlaceIsNotTidiedUnderALivingConversion() throws IOException {
        TokenizerSource meanwhile = target -> {
            PackagePlace.of(out()).recover();
            assertThat(target.getParent()).isDirectory();
            Files.writeString(target, "{}");
        };
        Converter.convert(new SyntheticCheckpoint(MODEL), meanwhile, out(), NEW, ConversionProgress.NONE);
        requireWhole("fp32");
    }

    /** All steps but most of those that write weights, of which there are many of one kind. */
    private List<Integer> stepsToDieAt() throws IOException {
        CrashingFiles files = new CrashingFiles(Integer.MAX_VALUE);
        Path other = folder.resolve("dry run");
        convert(other, OLD);
        convert(files.path(other), NEW);
        PackagePlace.delete(other);
        List<String> steps = files.steps();
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            String before = i == 0 ? "" : steps.get(i - 1);
            String after = i + 1 == steps.size() ? "" : steps.get(i + 1);
            if (!steps.get(i).equals(before) || !steps.get(i).equals(after)) {
                chosen.add(i);
            }
        }
        assertThat(chosen).hasSizeGreaterThan(30);
        return chosen;
    }

    private void die(CrashingFiles files) {
        try {
            convert(files.path(out()), NEW);
        } catch (CrashingFiles.Killed e) {
            assertThat(files.isDead()).isTrue();
        }
    }

    private static void convert(Path out, ConversionOptions options) {
        Converter.convert(
                new SyntheticCheckpoint(MODEL), TinyModels.NO_TOKENIZER, out, options, ConversionProgress.NONE);
    }

    private void requireWhole(String weights) {
        PackageManifest manifest = ManifestJson.read(out());
        assertThat(manifest.weights().decoder()).isEqualTo(weights);
        PackageFiles.checkHashes(out(), manifest, _ -> {});
    }

    private void requireNothingElse(CrashingFiles files) throws IOException {
        try (Stream<Path> siblings = Files.list(folder)) {
            assertThat(siblings.map(path -> path.getFileName().toString()).filter(name -> !name.equals("old")))
                    .as(files.steps().getLast())
                    .containsExactly("package");
        }
    }

    private void restore(Path old) throws IOException {
        PackagePlace.delete(out());
        Files.createDirectory(out());
        try (Stream<Path> files = Files.list(old)) {
            for (Path file : files.toList()) {
                Files.copy(file, out().resolve(Objects.requireNonNull(file.getFileName())));
            }
        }
    }

    private Path out() {
        return folder.resolve("package");
    }
}
