package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ImageDecoderTest {

    /** JPEG decoders round differently; levels of 255 in the middle of the picture. */
    private static final int JPEG_TOLERANCE = 4;

    /** The WebP decoder interpolates colour less smoothly than libwebp; levels of 255. */
    private static final int WEBP_TOLERANCE = 16;

    /** Read though Pillow gives up: a text bomb that is never unpacked, and a JPEG inside a BMP. */
    private static final Set<String> READ_ALL_THE_SAME = Set.of("png_decompression_dos.png", "rgb24jpeg.bmp");

    /** Refused though libwebp reads it: the decoder stumbles over its odd size. */
    private static final Set<String> REFUSED_ALL_THE_SAME = Set.of("panic.webp");

    @Test
    void everyFixtureDecodesAsPillowDoesOrIsRefused() throws Exception {
        Path folder = SharedData.path("images");
        JsonNode golden = new JsonMapper()
                .readTree(ImageDecoderTest.class.getResourceAsStream("/image/golden.json"))
                .path("decoded");
        List<String> wrong = new ArrayList<>();
        for (var entry : golden.properties()) {
            byte[] file = Files.readAllBytes(folder.resolve(entry.getKey()));
            compare(entry.getKey(), file, entry.getValue(), wrong);
        }
        assertThat(wrong).isEmpty();
        assertThat(golden.size()).isGreaterThan(60);
    }

    @Test
    void orientedPhotosComeOutUprightUnlessAskedNotTo() throws IOException {
        byte[] landscape = Files.readAllBytes(SharedData.path("images/Landscape_6.jpg"));
        RgbImage upright = ImageDecoder.decode(landscape, ImageLimits.DEFAULT, Orientation.APPLY);
        assertThat(upright.width()).isEqualTo(1800);
        assertThat(upright.height()).isEqualTo(1200);
        RgbImage stored = ImageDecoder.decode(landscape, ImageLimits.DEFAULT, Orientation.IGNORE);
        assertThat(stored.width()).isEqualTo(1200);
    }

    @Test
    void everyOrientationTurnsAPictureUpright() {
        RgbImage upright = new RgbImage(3, 2, new byte[] {1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6});
        int[][] stored = {
            {1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1}, {4, 5, 6, 1, 2, 3},
            {1, 4, 2, 5, 3, 6}, {3, 6, 2, 5, 1, 4}, {6, 3, 5, 2, 4, 1}, {4, 1, 5, 2, 6, 3}
        };
        for (int orientation = 1; orientation <= 8; orientation++) {
            int[] pixels = stored[orientation - 1];
            byte[] rgb = new byte[18];
            for (int i = 0; i < 18; i++) {
                rgb[i] = (byte) pixels[i / 3];
            }
            boolean turned = orientation >= 5;
            RgbImage image = new RgbImage(turned ? 2 : 3, turned ? 3 : 2, rgb);
            assertThat(ExifOrientation.apply(image, orientation).rgb())
                    .as("orientation " + orientation)
                    .containsExactly(upright.rgb());
        }
    }

    @Test
    void aBombIsRefusedByItsHeader() {
        byte[] png = new byte[64];
        System.arraycopy(
                HexFormat.of().parseHex("89504e470d0a1a0a0000000d49484452000027100000271008020000"), 0, png, 0, 28);
        assertThatThrownBy(() -> ImageDecoder.decode(png, ImageLimits.DEFAULT, Orientation.APPLY))
                .isInstanceOfSatisfying(
                        ImageException.class, e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.TOO_LARGE));
    }

    @Test
    void unknownBytesAreAnUnsupportedFormat() {
        assertThatThrownBy(() -> ImageDecoder.decode(
                        "hello".getBytes(StandardCharsets.UTF_8), ImageLimits.DEFAULT, Orientation.APPLY))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.UNSUPPORTED_FORMAT));
    }

    @Test
    void damagedFilesAreRefusedAndNeverCrash() throws IOException {
        Random random = new Random(13);
        for (String name :
                List.of("hopper.jpg", "pngsuite/basn6a16.png", "flower.webp", "rgb24jpeg.bmp", "transparent.png")) {
            byte[] original = Files.readAllBytes(SharedData.path("images/" + name));
            for (int round = 0; round < 120; round++) {
                byte[] damaged = original.clone();
                for (int i = random.nextInt(8); i >= 0; i--) {
                    damaged[random.nextInt(round % 2 == 0 ? Math.min(200, damaged.length) : damaged.length)] =
                            (byte) random.nextInt(256);
                }
                ImageLimits limits = new ImageLimits(1 << 20, 1_000_000, 4_000);
                try {
                    assertThat(ImageDecoder.decode(damaged, limits, Orientation.APPLY)
                                    .rgb())
                            .isNotEmpty();
                } catch (ImageException e) {
                    assertThat(e.getMessage()).isNotBlank();
                }
            }
        }
    }

    private static void compare(String name, byte[] file, JsonNode expected, List<String> wrong) throws Exception {
        RgbImage image;
        try {
            image = ImageDecoder.decode(file, ImageLimits.DEFAULT, Orientation.IGNORE);
        } catch (ImageException e) {
            if (!expected.has("error") && !REFUSED_ALL_THE_SAME.contains(name)) {
                wrong.add(name + ": " + e.getMessage() + " " + e.getCause());
            }
            return;
        }
        if (expected.has("error")) {
            if (READ_ALL_THE_SAME.contains(name)) {
                return;
            }
            wrong.add(name + ": decoded, though Pillow raises "
                    + expected.path("error").textValue());
        } else if (image.width() != expected.path("width").intValue()
                || image.height() != expected.path("height").intValue()) {
            wrong.add(name + ": " + image.width() + " × " + image.height());
        } else if (!HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(image.rgb()))
                .equals(expected.path("sha256").textValue())) {
            int difference = difference(
                    image, Base64.getDecoder().decode(expected.path("crop").textValue()));
            int tolerance = switch (ImageFormat.of(file).orElseThrow()) {
                case JPEG -> JPEG_TOLERANCE;
                case WEBP -> WEBP_TOLERANCE;
                case PNG, GIF, BMP -> 0;
            };
            if (difference > tolerance || tolerance == 0) {
                wrong.add(name + ": differs by " + difference);
            }
        }
    }

    private static int difference(RgbImage image, byte[] crop) {
        int side = (int) Math.round(Math.sqrt(crop.length / 3.0));
        int left = (image.width() - side) / 2;
        int top = (image.height() - side) / 2;
        int worst = 0;
        for (int y = 0; y < side; y++) {
            for (int i = 0; i < side * 3; i++) {
                int ours = image.rgb()[((top + y) * image.width() + left) * 3 + i] & 0xff;
                worst = Math.max(worst, Math.abs(ours - (crop[y * side * 3 + i] & 0xff)));
            }
        }
        return worst;
    }
}
