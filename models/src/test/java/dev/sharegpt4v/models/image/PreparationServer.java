package dev.sharegpt4v.models.image;

import dev.sharegpt4v.runtime.execution.ImageInput;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * The Java side of {@code reference/image}'s comparisons: reads lines of {@code ROUNDS THREADS FILE}, answers with the
 * nanoseconds that all rounds took and a hash of the values; without rounds, with the width and a hash of the pixels.
 */
final class PreparationServer {

    private static final ImageProcessor PROCESSOR =
            new ImageProcessor(new Preprocessing(true, 336, 336, Preprocessing.CLIP_MEAN, Preprocessing.CLIP_STD));

    private PreparationServer() {}

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ", 3);
            byte[] file = Files.readAllBytes(Path.of(words[2]));
            int rounds = Integer.parseInt(words[0]);
            int threads = Integer.parseInt(words[1]);
            if (rounds == 0) {
                System.out.println(pixels(file));
                continue;
            }
            long started = System.nanoTime();
            run(file, rounds, threads);
            System.out.println(
                    System.nanoTime() - started + " " + hash(prepare(file).values()));
        }
    }

    private static void run(byte[] file, int rounds, int threads) throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            workers.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < rounds; round++) {
                    prepare(file);
                }
            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
    }

    private static String pixels(byte[] file) throws NoSuchAlgorithmException {
        try {
            RgbImage image = ImageDecoder.decode(file, ImageLimits.DEFAULT, Orientation.IGNORE);
            return image.width()
                    + " "
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(image.rgb()));
        } catch (ImageException e) {
            return "refused";
        }
    }

    private static ImageInput prepare(byte[] file) {
        return PROCESSOR.prepare(file, ImageLimits.DEFAULT, Orientation.IGNORE, 576);
    }

    private static String hash(float[] values) throws IOException, NoSuchAlgorithmException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes.array()));
    }
}
