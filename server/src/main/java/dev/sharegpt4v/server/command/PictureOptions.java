package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.bench.mix.PictureMix;
import dev.sharegpt4v.server.bench.mix.PictureSource;
import dev.sharegpt4v.server.bench.mix.Range;
import dev.sharegpt4v.server.bench.mix.Size;
import dev.sharegpt4v.server.bench.mix.Weighted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options that say which pictures requests ask about. */
final class PictureOptions {

    @Option(names = "--image", paramLabel = "FILE", description = "A picture; several are asked about in turn.")
    List<Path> files = List.of();

    @Option(
            names = "--image-size",
            paramLabel = "WxH",
            converter = OptionReaders.OfSizes.class,
            description = "Size of synthetic pictures, or a mix such as 640x480:0.8,2000x1500:0.2 (${DEFAULT-VALUE}).")
    Weighted<Size> sizes = Weighted.always(new Size(640, 480));

    @Option(
            names = "--images",
            paramLabel = "N",
            converter = OptionReaders.OfRanges.class,
            description = "Pictures of a request: 1, 0-3, or a mix such as 1:0.9,4:0.1 (${DEFAULT-VALUE}).")
    Weighted<Range> each = Weighted.always(new Range(1, 1));

    @Option(
            names = "--repeat-images",
            paramLabel = "SHARE",
            description =
                    "Share of the requests with pictures that only show what earlier ones showed (${DEFAULT-VALUE}).")
    double repeated;

    @Option(
            names = "--text-share",
            paramLabel = "SHARE",
            description = "Share of requests without pictures (${DEFAULT-VALUE}).")
    double textShare;

    @Option(names = "--same-image", description = "All requests, of the warm-up too, ask about one picture.")
    boolean same;

    @Option(names = "--no-image", description = "Requests hold words only.")
    boolean none;

    @Nullable
    String problem() {
        if (none && !files.isEmpty()) {
            return "--image and --no-image exclude each other";
        }
        boolean shares = repeated >= 0 && repeated <= 1 && textShare >= 0 && textShare <= 1;
        return shares ? null : "--repeat-images and --text-share are between 0 and 1";
    }

    PictureMix mix() {
        return none ? PictureMix.none() : new PictureMix(each, textShare, repeated);
    }

    PictureSource source(long seed) {
        if (!files.isEmpty()) {
            return new PictureSource.Files(read(same ? files.subList(0, 1) : files));
        }
        PictureSource drawn = new PictureSource.Synthetic(sizes, seed);
        return same ? new PictureSource.Files(List.of(drawn.picture(0))) : drawn;
    }

    String describe() {
        if (none) {
            return "none";
        }
        String which = files.isEmpty() ? "synthetic " + sizes : names();
        return which + ", " + each + " a request" + (same ? ", the same in all" : "")
                + (repeated > 0 ? ", " + repeated + " of the requests repeat earlier ones" : "")
                + (textShare > 0 ? ", " + textShare + " of the requests without" : "");
    }

    private String names() {
        return files.stream().map(Path::toString).collect(Collectors.joining(", "));
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
