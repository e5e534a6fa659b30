package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ImageDecoderTest {

    /** Read though Pillow gives up: a text bomb that is never unpacked. */
    private static final Set<String> READ_ALL_THE_SAME = Set.of("png_decompression_dos.png");

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
    void aPictureInsideABmpIsRefusedWhateverItsSize() {
        ByteBuffer bmp = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
        bmp.put("BM".getBytes(StandardCharsets.US_ASCII)).putInt(64).putInt(0).putInt(54);
        bmp.putInt(40).putInt(1).putInt(1).putShort((short) 1).putShort((short) 24);
        int png = 5;
        bmp.putInt(png);

        assertThatThrownBy(() -> ImageDecoder.decode(bmp.array(), ImageLimits.DEFAULT, Orientation.APPLY))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.kind()).isEqualTo(ImageException.Kind.UNSUPPORTED_FORMAT));
    }

    @Test
    void aJpegOfThousandsOfScansIsRefused() {
        byte[] header = HexFormat.of().parseHex("ffd8ffdb004300" + "01".repeat(64) + "ffc2000b080100010001011100");
        byte[] scan = HexFormat.of().parseHex("ffda0008010100000010ff00");
        byte[] jpeg = Arrays.copyOf(header, header.length + 5_000 * scan.length);
        for (int i = 0; i < 5_000; i++) {
            System.arraycopy(scan, 0, jpeg, header.length + i * scan.length, scan.length);
        }
        assertThatThrownBy(() -> ImageDecoder.decode(jpeg, ImageLimits.DEFAULT, Orientation.APPLY))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("scans");
    }

    @Test
    void aWebpThatClaimsAHugeCanvasIsRefusedByItsHeader() {
        ByteBuffer webp = ByteBuffer.allocate(38).order(ByteOrder.LITTLE_ENDIAN);
        webp.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(30);
        webp.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0);
        webp.put(HexFormat.of().parseHex("ffff00ffff00"));

        assertThatThrownBy(() -> ImageDecoder.decode(webp.array(), ImageLimits.DEFAULT, Orientation.APPLY))
                .isInstanceOf(ImageException.class);
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
            if (!expected.has("error")) {
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
            wrong.add(name + ": other pixels");
        }
    }
}
