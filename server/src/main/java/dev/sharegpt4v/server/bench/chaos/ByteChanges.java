package dev.sharegpt4v.server.bench.chaos;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes to bytes that know nothing of what they mean. */
final class ByteChanges {

    private static final int MOST_CHANGES = 4;
    private static final int LONGEST_PIECE = 64;
    private static final byte[][] ODD = odd(
            "\u0000",
            "\r\n",
            "\r\n\r\n",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "true",
            "-",
            "1e999",
            "99999999999999999999",
            "\ufeff",
            "\u2028",
            "é",
            "\ud83d\ude00",
            "%",
            "%s%n",
            "../",
            "<image>",
            "</s>",
            "--x",
            ";base64,",
            "data:",
            "http://");

    private ByteChanges() {}

    private static byte[][] odd(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
    }

    /** One to four changes, most often small ones, anywhere or, half of the time, near the start. */
    static byte[] change(byte[] original, SplittableRandom random) {
        byte[] bytes = original;
        int reach = random.nextBoolean() ? Integer.MAX_VALUE : 200;
        for (int i = random.nextInt(1 + random.nextInt(MOST_CHANGES)); i >= 0; i--) {
            bytes = once(bytes, Math.min(reach, bytes.length), random);
        }
        return bytes;
    }

    private static byte[] once(byte[] bytes, int reach, SplittableRandom random) {
        if (reach == 0) {
            return ODD[random.nextInt(ODD.length)];
        }
        int at = random.nextInt(reach);
        int to = Math.min(bytes.length, at + 1 + random.nextInt(LONGEST_PIECE));
        return switch (random.nextInt(7)) {
            case 0 -> {
                byte[] flipped = bytes.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                yield flipped;
            }
            case 1 -> {
                byte[] other = bytes.clone();
                other[at] = (byte) random.nextInt(256);
                yield other;
            }
            case 2 -> join(bytes, at, ODD[random.nextInt(ODD.length)], at);
            case 3 -> join(bytes, at, new byte[0], to);
            case 4 -> join(bytes, to, Arrays.copyOfRange(bytes, at, to), to);
            case 5 -> Arrays.copyOf(bytes, at);
            default -> {
                byte[] noise = new byte[1 + random.nextInt(LONGEST_PIECE)];
                random.nextBytes(noise);
                yield join(bytes, at, noise, to);
            }
        };
    }

    /** What is before {@code end}, the middle, and what is from {@code start} on. */
    private static byte[] join(byte[] bytes, int end, byte[] middle, int start) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, end);
        all.writeBytes(middle);
        all.write(bytes, start, bytes.length - start);
        return all.toByteArray();
    }
}
