package dev.sharegpt4v.server.bench.mix;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import javax.imageio.ImageIO;

/** Random shapes on a gradient. Without noise, so that it is about as large, and as quick to decode, as a photograph. */
public final class SyntheticPicture {

    private static final int SHAPES = 12;

    private SyntheticPicture() {}

    /** A picture in a file; equal seeds give equal pictures. */
    public static byte[] jpeg(int width, int height, long seed) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        // Neighbouring seeds give a Random similar first numbers.
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        graphics.setPaint(new GradientPaint(0, 0, colour(random), width, height, colour(random)));
        graphics.fillRect(0, 0, width, height);
        for (int i = 0; i < SHAPES; i++) {
            graphics.setColor(colour(random));
            int w = 1 + random.nextInt(1 + width / 2);
            int h = 1 + random.nextInt(1 + height / 2);
            int x = random.nextInt(width) - w / 2;
            int y = random.nextInt(height) - h / 2;
            if (random.nextBoolean()) {
                graphics.fillOval(x, y, w, h);
            } else {
                graphics.fillRect(x, y, w, h);
            }
        }
        graphics.dispose();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, "jpg", bytes)) {
                throw new IllegalStateException("every JDK writes JPEG. This is a bug.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static Color colour(Random random) {
        return new Color(random.nextInt(1 << 24));
    }
}
