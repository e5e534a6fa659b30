package dev.sharegpt4v.server.command;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedInputStream;
import java.io.BufferedWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A file of JSON lines, one a picture, that a run goes on with where another stopped: a line that was cut off is dropped,
 * and pictures that have a whole one are not asked about again.
 */
final class CaptionLog implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private static final String BEGINNING = "{\"image\":\"";

    private final Set<String> known;
    private final BufferedWriter writer;

    private CaptionLog(Set<String> known, BufferedWriter writer) {
        this.known = known;
        this.writer = writer;
    }

    /**
     * Opens a file, or makes it and its folder.
     *
     * @throws UncheckedIOException when it cannot be read or written
     * @throws IllegalArgumentException when it holds something else
     */
    static CaptionLog open(Path file) {
        try {
            Path parent = file.toAbsolutePath().getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Set<String> known = Files.exists(file) ? known(file) : Set.of();
            return new CaptionLog(
                    known, Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** The pictures of all whole lines; what follows the last one is dropped. */
    private static Set<String> known(Path file) throws IOException {
        Set<String> known = new HashSet<>();
        long whole = 0;
        try (BufferedInputStream bytes = new BufferedInputStream(Files.newInputStream(file))) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = bytes.read(); b >= 0; b = bytes.read()) {
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                known.add(image(file, line.toByteArray()));
                whole += line.size() + 1L;
                line.reset();
            }
            String torn = line.toString(StandardCharsets.UTF_8);
            if (!torn.startsWith(BEGINNING) && !BEGINNING.startsWith(torn)) {
                throw foreign(file);
            }
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(whole);
        }
        return known;
    }

    private static String image(Path file, byte[] line) throws IOException {
        try {
            JsonNode image = JSON.readTree(line).path("image");
            if (image.isTextual()) {
                return image.textValue();
            }
        } catch (JacksonException e) {
            // Told below.
        }
        throw foreign(file);
    }

    private static IllegalArgumentException foreign(Path file) {
        return new IllegalArgumentException(file + " holds a line that is no caption; name another file");
    }

    /** Whether a picture has its line. */
    boolean holds(Path image) {
        return known.contains(image.toString());
    }

    /** Adds the line of one picture; it is in the file when this returns. */
    void add(Map<String, String> line) {
        try {
            byte[] text = JSON.writeValueAsBytes(line);
            writer.write(new String(text, StandardCharsets.UTF_8));
            writer.write('\n');
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write captions", e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write captions", e);
        }
    }
}
