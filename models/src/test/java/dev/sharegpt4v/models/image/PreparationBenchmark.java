package dev.sharegpt4v.models.image;

import dev.sharegpt4v.runtime.execution.ImageInput;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.stream.ImageOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** One JPEG of two megapixels, from the file's bytes to the encoder's input, on one thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 2)
public class PreparationBenchmark {

    private static final int WIDTH = 1632;
    private static final int HEIGHT = 1224;

    @Param({"420", "444", "420-progressive"})
    public String kind = "420";

    private final ImageProcessor processor =
            new ImageProcessor(new Preprocessing(true, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));
    private byte[] file = new byte[0];
    private final ImageScratch scratch = new ImageScratch();

    @Setup
    public void write() throws IOException {
        file = jpeg(picture(), kind.startsWith("444"), kind.endsWith("progressive"));
    }

    /** All of it. */
    @Benchmark
    public ImageInput prepare() {
        return processor.prepare(file, ImageLimits.DEFAULT, Orientation.IGNORE, 576);
    }

    /** Bits to coefficients. */
    @Benchmark
    public Object coefficients() {
        return JpegDecoder.read(file, ImageLimits.DEFAULT, scratch);
    }

    /** Slopes, edges and a little noise, as photographs have them. */
    private static BufferedImage picture() {
        Random random = new Random(7);
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                int edge = (x / 40 + y / 30) % 3 * 50;
                int red = level(60 + edge + 40 * Math.sin(x / 23.0) + 4 * random.nextGaussian());
                int green = level(80 + edge + 40 * Math.sin(y / 31.0) + 4 * random.nextGaussian());
                int blue = level(100 + 60 * Math.sin((x + y) / 50.0) + 4 * random.nextGaussian());
                image.setRGB(x, y, red << 16 | green << 8 | blue);
            }
        }
        return image;
    }

    private static int level(double value) {
        return (int) Math.clamp(value, 0, 255);
    }

    private static byte[] jpeg(BufferedImage image, boolean whole, boolean progressive) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam settings = writer.getDefaultWriteParam();
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(0.85f);
        if (progressive) {
            settings.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        }
        IIOMetadata metadata =
                writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), settings);
        if (whole) {
            Node root = metadata.getAsTree("javax_imageio_jpeg_image_1.0");
            Element frame =
                    (Element) ((Element) root).getElementsByTagName("sof").item(0);
            Element luma = (Element) frame.getElementsByTagName("componentSpec").item(0);
            luma.setAttribute("HsamplingFactor", "1");
            luma.setAttribute("VsamplingFactor", "1");
            metadata.setFromTree("javax_imageio_jpeg_image_1.0", root);
        }
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(target)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(image, null, metadata), settings);
        } finally {
            writer.dispose();
        }
        return target.toByteArray();
    }
}
