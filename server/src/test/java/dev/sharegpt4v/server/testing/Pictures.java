package dev.sharegpt4v.server.testing;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/** Small pictures for requests. */
public final class Pictures {

    private Pictures() {}

    /** A disc on white; equal numbers give equal pictures. */
    public static byte[] png(int number) {
        return encode(draw(number), "png");
    }

    public static byte[] jpeg(int number) {
        return encode(draw(number), "jpg");
    }

    /** As a data URI. */
    public static String dataUri(byte[] bytes) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(bytes);
    }

    private static BufferedImage draw(int number) {
        BufferedImage image = new BufferedImage(60 + number, 50, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        graphics.fillRect(0, 0, 100, 50);
        graphics.setColor(new Color(number * 12_345));
        graphics.fillOval(10, 10, 30, 30);
        graphics.dispose();
        return image;
    }

    private static byte[] encode(BufferedImage image, String format) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
