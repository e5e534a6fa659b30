package dev.sharegpt4v.models.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.testing.SharedData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ImageSizeTest {

    private static List<Path> pictures() throws IOException {
        try (Stream<Path> files = Files.walk(SharedData.path("images"))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        }
    }

    @Test
    void theHeaderTellsTheSizeOfEveryPublicPictureThatIsDecoded() throws IOException {
        int decoded = 0;
        for (Path file : pictures()) {
            byte[] bytes = Files.readAllBytes(file);
            if (bytes.length > 300_000 || ImageSize.pixels(bytes) > 1_000_000) {
                continue;
            }
            try {
                RgbImage image = ImageDecoder.decode(bytes, ImageLimits.DEFAULT, Orientation.IGNORE);
                long expected = (long) image.width() * image.height();
                if (ImageFormat.of(bytes).orElseThrow() == ImageFormat.GIF) {
                    // A frame may be larger than its screen.
                    assertThat(ImageSize.pixels(bytes)).as(file.toString()).isLessThanOrEqualTo(expected);
                } else {
                    assertThat(ImageSize.pixels(bytes)).as(file.toString()).isEqualTo(expected);
                }
                decoded++;
            } catch (ImageException e) {
                assertThat(ImageSize.pixels(bytes)).as(file.toString()).isNotNegative();
            }
        }
        assertThat(decoded).isGreaterThan(20);
    }

    @Test
    void nothingThatIsNoPictureBreaksIt() {
        Random random = new Random(3);
        List<byte[]> beginnings = List.of(
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff},
                "RIFFxxxxWEBPVP8X".getBytes(StandardCharsets.ISO_8859_1),
                "BM".getBytes(StandardCharsets.ISO_8859_1),
                "GIF89a".getBytes(StandardCharsets.ISO_8859_1),
                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        for (int round = 0; round < 2000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            byte[] beginning = beginnings.get(round % beginnings.size());
            System.arraycopy(beginning, 0, bytes, 0, Math.min(bytes.length, beginning.length));
            assertThat(ImageSize.pixels(bytes)).isNotNegative();
        }
    }
}
