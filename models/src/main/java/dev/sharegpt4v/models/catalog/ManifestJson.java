package dev.sharegpt4v.models.catalog;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import dev.sharegpt4v.runtime.storage.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads and writes {@code model.json}. Keys that this version does not know are passed over. */
public final class ManifestJson {

    private static final System.Logger LOG = System.getLogger(ManifestJson.class.getName());

    private static final long MAX_FILE_BYTES = 1L << 20;
    private static final JsonMapper READER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** Apart, for servers write none. */
    private static final class Writer {
        static final JsonMapper MAPPER = JsonMapper.builder()
                .addModule(new Jdk8Module())
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build();
    }

    private ManifestJson() {}

    /** Loads what reading the first manifest does otherwise. */
    public static void prepare() {
        READER.createObjectNode();
    }

    /** The text of a manifest. */
    static byte[] write(PackageManifest manifest) {
        try {
            return (Writer.MAPPER.writeValueAsString(manifest) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a manifest is always writable. This is a bug.", e);
        }
    }

    /** Puts a manifest into a package in one step: a reader sees the old one or the new one. */
    public static void store(Path packageFolder, PackageManifest manifest) throws IOException {
        AtomicFile.write(packageFolder.resolve(PackageManifest.FILE_NAME), write(manifest));
    }

    /**
     * Reads the manifest of a package; first cleans up what a writer that died left beside it.
     *
     * @throws PackageException when there is none, or none that this version understands
     * @throws UncheckedIOException when the file cannot be read
     */
    public static PackageManifest read(Path packageFolder) {
        Path file = packageFolder.resolve(PackageManifest.FILE_NAME);
        recover(packageFolder, file);
        if (!Files.isRegularFile(file)) {
            throw new PackageException(
                    PackageException.Kind.NOT_A_PACKAGE,
                    packageFolder + ": holds no " + PackageManifest.FILE_NAME + ", so it is no model package");
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw malformed(file, "it is larger than any manifest", null);
            }
            return parse(file, READER.readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            throw malformed(file, e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw malformed(file, String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }

    private static void recover(Path packageFolder, Path file) {
        PackagePlace place = PackagePlace.of(packageFolder);
        try {
            if (!Files.isRegularFile(file) && Files.exists(place.aside())) {
                // A living writer is between its two renames.
                place.awaitWriter();
            } else {
                place.recover();
            }
        } catch (IOException e) {
            // A package can be read where nothing may be written.
            LOG.log(System.Logger.Level.DEBUG, "cannot clean up beside " + packageFolder, e);
        }
    }

    private static PackageManifest parse(Path file, JsonNode node) {
        int version = node.path("formatVersion").asInt(0);
        if (version > PackageManifest.FORMAT_VERSION) {
            throw new PackageException(
                    PackageException.Kind.NEWER_FORMAT,
                    "%s: has format version %d, and this program reads up to %d; convert the checkpoint again or update"
                            .formatted(file, version, PackageManifest.FORMAT_VERSION));
        }
        if (version < 1) {
            throw malformed(file, "it has no formatVersion", null);
        }
        return ManifestReader.manifest(node);
    }

    private static PackageException malformed(Path file, String reason, @Nullable Throwable cause) {
        String message = file + ": is not a manifest: " + reason;
        return cause == null
                ? new PackageException(PackageException.Kind.MALFORMED_MANIFEST, message)
                : new PackageException(PackageException.Kind.MALFORMED_MANIFEST, message, cause);
    }
}
