package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Small images of every kind, made and read by Pillow: {@code reference/image/make_formats.py}. */
final class ImageFormatsTest {

    private static final JsonNode GOLDEN = golden();

    @Test
    void everyKindHasThePixelsThatPillowReads() {
        List<String> wrong = new ArrayList<>();
        for (var entry : GOLDEN.properties()) {
            JsonNode expected = entry.getValue();
            String pixels = expected.path("sha256").textValue();
            String upright = expected.path("upright").asText(pixels);
            try {
                RgbImage stored = decode(file(expected), Orientation.IGNORE);
                if (stored.width() != expected.path("width").intValue()
                        || stored.height() != expected.path("height").intValue()
                        || !sha256(stored.rgb()).equals(pixels)) {
                    wrong.add(entry.getKey());
                } else if (!sha256(decode(file(expected), Orientation.APPLY).rgb())
                        .equals(upright)) {
                    wrong.add(entry.getKey() + " upright");
                }
            } catch (ImageException e) {
                wrong.add(entry.getKey() + ": " + e.getMessage());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(GOLDEN.size()).isGreaterThan(190);
    }

    @Test
    void aFileIsPreparedAsItsPixelsAre() {
        for (boolean pad : new boolean[] {true, false}) {
            ImageProcessor processor =
                    new ImageProcessor(new Preprocessing(pad, 28, 28, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));
            for (var entry : GOLDEN.properties()) {
                byte[] file = file(entry.getValue());
                for (Orientation orientation : Orientation.values()) {
                    RgbImage pixels = decode(file, orientation);
                    assertThat(processor
                                    .prepare(file, ImageLimits.DEFAULT, orientation, 4)
                                    .values())
                            .as(entry.getKey() + " " + orientation)
                            .isEqualTo(processor.process(pixels, 4).values());
                }
            }
        }
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES) // Only to end a hang.
    void damagedFilesOfEveryKindAreReadOrRefused() {
        Random random = new Random(17);
        ImageLimits limits = new ImageLimits(1 << 20, 1_000_000, 4_000);
        ImageProcessor processor =
                new ImageProcessor(new Preprocessing(true, 28, 28, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));
        int refused = 0;
        int rounds = 0;
        for (JsonNode golden : GOLDEN) {
            byte[] original = file(golden);
            for (int round = 0; round < 40; round++) {
                byte[] damaged = damage(original, random);
                try {
                    RgbImage pixels = ImageDecoder.decode(damaged, limits, Orientation.APPLY);
                    assertThat(processor
                                    .prepare(damaged, limits, Orientation.APPLY, 4)
                                    .values())
                            .isEqualTo(processor.process(pixels, 4).values());
                } catch (ImageException e) {
                    assertThat(e.getMessage()).isNotBlank();
                    refused++;
                }
                rounds++;
            }
        }
        assertThat(refused).isBetween(rounds / 4, rounds - 1);
    }

    @Test
    void everyCutIsReadOrRefused() {
        for (String name : List.of("filter-1-3.webp", "groups.webp", "animated.webp", "packed.gif", "cmyk.jpg")) {
            byte[] original = file(GOLDEN.path(name));
            for (int length = 0; length < original.length; length += 1 + original.length / 400) {
                byte[] cut = Arrays.copyOf(original, length);
                try {
                    assertThat(decode(cut, Orientation.APPLY).rgb()).isNotEmpty();
                } catch (ImageException e) {
                    assertThat(e.kind()).isNotEqualTo(ImageException.Kind.TOO_LARGE);
                }
            }
        }
    }

    private static byte[] damage(byte[] original, Random random) {
        byte[] damaged = original.clone();
        int reach = random.nextBoolean() ? Math.min(64, damaged.length) : damaged.length;
        for (int i = random.nextInt(6); i >= 0; i--) {
            damaged[random.nextInt(reach)] = (byte) random.nextInt(256);
        }
        return random.nextInt(8) == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged;
    }

    private static RgbImage decode(byte[] file, Orientation orientation) {
        return ImageDecoder.decode(file, ImageLimits.DEFAULT, orientation);
    }

    private static byte[] file(JsonNode golden) {
        return Base64.getDecoder().decode(golden.path("file").textValue());
    }

    private static JsonNode golden() {
        try {
            return new JsonMapper().readTree(ImageFormatsTest.class.getResourceAsStream("/image/formats.json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
