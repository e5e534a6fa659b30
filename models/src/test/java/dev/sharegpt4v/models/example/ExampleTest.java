package dev.sharegpt4v.models.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sharegpt4v.models.checkpoint.Checkpoint;
import dev.sharegpt4v.models.checkpoint.Checkpoints;
import dev.sharegpt4v.models.convert.ConversionOptions;
import dev.sharegpt4v.models.convert.ConversionProgress;
import dev.sharegpt4v.models.convert.Converter;
import dev.sharegpt4v.models.convert.TokenizerSource;
import dev.sharegpt4v.models.convert.WeightFormat;
import dev.sharegpt4v.models.image.ImageException;
import dev.sharegpt4v.models.testing.ParityCase;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example runs, on a model of random weights. */
final class ExampleTest {

    @TempDir
    private static Path folder;

    @BeforeAll
    static void convert() {
        ParityCase tiny = ParityCase.load("plain", "published");
        try (Checkpoint checkpoint = Checkpoints.open(tiny.checkpoint(), tiny.visionTower())) {
            Converter.convert(
                    checkpoint,
                    TokenizerSource.of(checkpoint.folder()),
                    folder.resolve("package"),
                    ConversionOptions.of(WeightFormat.FP32),
                    ConversionProgress.NONE);
        }
    }

    private static byte[] png(int colour) throws IOException {
        BufferedImage image = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
        for (int x = 0; x < 15; x++) {
            image.setRGB(x, x, colour);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    @Test
    void anImageBecomesACaption() throws IOException, InterruptedException {
        String caption = CaptionExample.caption(folder.resolve("package"), png(0xff0000));
        assertThat(caption).isNotBlank().doesNotContain("</s>");
        assertThat(CaptionExample.caption(folder.resolve("package"), png(0xff0000)))
                .as("the same again")
                .isEqualTo(caption);
    }

    @Test
    void whatIsNoImageIsRefused() {
        byte[] text = "no picture".getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(ImageException.class)
                .isThrownBy(() -> CaptionExample.caption(folder.resolve("package"), text));
    }
}
