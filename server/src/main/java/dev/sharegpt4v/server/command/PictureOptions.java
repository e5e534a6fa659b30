package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.Pictures;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Options that say which pictures the requests of a measurement ask about. */
final class PictureOptions {

    /** Width and height in pixels, written {@code 640x480}. */
    record Size(int width, int height) {
        private static final int MOST = 8192;

        static Size parse(String text) {
            String[] sides = text.split("x", -1);
            try {
                Size size = new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
                if (sides.length == 2 && size.isPossible()) {
                    return size;
                }
            } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                // Told below.
            }
            throw new TypeConversionException("'" + text + "' is no size such as 640x480, up to " + MOST + " a side");
        }

        private boolean isPossible() {
            return Math.min(width, height) >= 1 && Math.max(width, height) <= MOST;
        }

        @Override
        public String toString() {
            return width + "x" + height;
        }
    }

    /** For picocli, which makes one by reflection. */
    static final class SizeReader implements ITypeConverter<Size> {
        @Override
        public Size convert(String text) {
            return Size.parse(text);
        }
    }

    @Option(names = "--image", paramLabel = "FILE", description = "A picture; several are asked about in turn.")
    List<Path> files = List.of();

    @Option(
            names = "--image-size",
            paramLabel = "WxH",
            converter = SizeReader.class,
            description = "Size of synthetic pictures, one for each request (${DEFAULT-VALUE}).")
    Size size = new Size(640, 480);

    @Option(names = "--same-image", description = "All requests ask about one picture.")
    boolean same;

    @Option(names = "--no-image", description = "Requests hold words only.")
    boolean none;

    @Nullable
    String problem() {
        return none && !files.isEmpty() ? "--image and --no-image exclude each other" : null;
    }

    /** The pictures of so many requests. */
    Pictures pictures(int requests, long seed) {
        if (none) {
            return Pictures.none();
        }
        if (!files.isEmpty()) {
            return Pictures.of(read(same ? files.subList(0, 1) : files));
        }
        return Pictures.synthetic(same ? 1 : requests, size.width(), size.height(), seed);
    }

    String describe() {
        if (none) {
            return "none";
        }
        String which = files.isEmpty() ? "synthetic " + size : String.join(", ", names());
        return same ? which + ", the same in all requests" : which;
    }

    private List<String> names() {
        return files.stream().map(Path::toString).toList();
    }

    private static List<byte[]> read(List<Path> files) {
        List<byte[]> read = new ArrayList<>();
        for (Path file : files) {
            try {
                read.add(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the picture " + file, e);
            }
        }
        return read;
    }
}
