package dev.sharegpt4v.server.command;

import dev.sharegpt4v.models.catalog.Device;
import dev.sharegpt4v.models.catalog.PackageManifest;
import dev.sharegpt4v.models.catalog.PackagePlace;
import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionException;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The model that is served when no other is named: a checkpoint in this repository, converted at the first start. */
final class DemoModel {

    private static final String CHECKPOINT = "sharegpt4v-demo";
    private static final String TOWER = "sharegpt4v-demo-vision-tower";

    private DemoModel() {}

    /** The demo's package for a device, converted again when the checkpoint or this program is newer. */
    static Path packageFolder(Device device) {
        Path home = Path.of(System.getProperty("sharegpt4v.home", "."), "models", "demo");
        Path checkpoint = home.resolve(CHECKPOINT);
        if (!Files.isDirectory(checkpoint)) {
            throw new IllegalArgumentException(
                    "no --model was given, and the demo model is not at " + checkpoint.toAbsolutePath());
        }
        Path target = writable(home).resolve(device == Device.CPU ? CHECKPOINT : CHECKPOINT + "-" + device.wireName());
        PackagePlace place = PackagePlace.of(target);
        try {
            place.recover();
            while (!isCurrent(target, List.of(checkpoint, home.resolve(TOWER), program()))) {
                if (convert(checkpoint, target, device)) {
                    break;
                }
                place.awaitWriter();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + target, e);
        }
        return target;
    }

    /** False when another process converts it now. */
    private static boolean convert(Path checkpoint, Path target, Device device) {
        Words.tell("converting the demo model, once");
        try (Checkpoint opened = Checkpoints.open(checkpoint, Optional.empty());
                Progress progress = new Progress()) {
            ConversionOptions options = ConversionOptions.of(
                            device, device == Device.CPU ? WeightFormat.FP32 : WeightFormat.FP16)
                    .replacing();
            Converter.convert(opened, TokenizerSource.of(checkpoint), target, options, progress);
            return true;
        } catch (ConversionException e) {
            if (e.kind() == ConversionException.Kind.BUSY) {
                return false;
            }
            throw e;
        }
    }

    private static Path writable(Path home) {
        return Files.isWritable(home)
                ? home.resolve(".package")
                : Path.of(System.getProperty("java.io.tmpdir"), "sharegpt4v-demo-package");
    }

    /** Where these classes come from: another version may write packages differently. */
    private static Path program() {
        return Path.of(URI.create(DemoModel.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    private static boolean isCurrent(Path target, List<Path> sources) {
        Path manifest = target.resolve(PackageManifest.FILE_NAME);
        if (!Files.isRegularFile(manifest)) {
            return false;
        }
        FileTime converted = modified(manifest);
        return sources.stream()
                .flatMap(DemoModel::files)
                .allMatch(file -> modified(file).compareTo(converted) < 0);
    }

    /** A file, or the files of a folder. */
    private static Stream<Path> files(Path source) {
        try (Stream<Path> found = Files.walk(source)) {
            return found.filter(Files::isRegularFile).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list " + source, e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
