package dev.sharegpt4v.models.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils files in the ways that break parsers: flips, edge numbers, cuts, copies, moved and inserted pieces. */
final class Mutations {

    private static final long[] EDGES = {
        0,
        1,
        -1,
        2,
        0x7F,
        0x80,
        0xFF,
        0x7FFF,
        0xFFFF,
        0x7FFF_FFFFL,
        0x8000_0000L,
        0xFFFF_FFFFL,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final List<String> WORDS = List.of(
            "0",
            "-1",
            "9",
            "1e9",
            "9223372036854775807",
            "\"",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "null",
            "\0",
            "a",
            "/",
            "(",
            "t",
            ".",
            "R",
            "cposix\nsystem\n",
            "PK\1\2",
            "PK\3\4",
            "PK\5\6");

    /** Where the structure of both formats is. */
    private static final int STRUCTURE_BYTES = 3_000;

    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    byte[] of(byte[] original) {
        byte[] bytes = original.clone();
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count && bytes.length > 0; i++) {
            bytes = mutate(bytes);
        }
        return bytes;
    }

    private byte[] mutate(byte[] bytes) {
        int at = position(bytes.length);
        int length = Math.min(1 + random.nextInt(24), bytes.length - at);
        return switch (random.nextInt(9)) {
            case 0, 1 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 2 -> {
                bytes[at] = (byte) random.nextInt(256);
                yield bytes;
            }
            case 3, 4 -> edge(bytes, at);
            case 5 -> splice(bytes, at, at + length, new byte[0]);
            case 6 -> splice(bytes, at, at, Arrays.copyOfRange(bytes, at, at + length));
            case 7 -> {
                int other = Math.min(position(bytes.length), bytes.length - length);
                System.arraycopy(bytes.clone(), at, bytes, other, length);
                yield bytes;
            }
            default -> rare(bytes, at, length);
        };
    }

    private byte[] rare(byte[] bytes, int at, int length) {
        if (random.nextInt(6) == 0) {
            return Arrays.copyOf(bytes, at);
        }
        byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.ISO_8859_1);
        return splice(bytes, at, random.nextBoolean() ? at : at + Math.min(length, word.length), word);
    }

    private byte[] edge(byte[] bytes, int at) {
        byte[] number = ByteBuffer.allocate(8)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(EDGES[random.nextInt(EDGES.length)])
                .array();
        System.arraycopy(number, 0, bytes, at, Math.min(1 << random.nextInt(4), bytes.length - at));
        return bytes;
    }

    private int position(int length) {
        int near = random.nextInt(Math.min(length, STRUCTURE_BYTES));
        return switch (random.nextInt(8)) {
            case 0 -> random.nextInt(length);
            case 1, 2, 3 -> length - 1 - near;
            default -> near;
        };
    }

    private static byte[] splice(byte[] bytes, int from, int to, byte[] piece) {
        byte[] result = new byte[bytes.length - (to - from) + piece.length];
        System.arraycopy(bytes, 0, result, 0, from);
        System.arraycopy(piece, 0, result, from, piece.length);
        System.arraycopy(bytes, to, result, from + piece.length, bytes.length - to);
        return result;
    }
}
