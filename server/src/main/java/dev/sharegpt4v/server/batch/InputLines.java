package dev.sharegpt4v.server.batch;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Where the requests of an input file stand, and what is wrong with them; lines with nothing on them are no requests.
 *
 * @param starts in bytes
 * @param lengths in bytes, without the line's end
 * @param model that the first line names which names one; empty where none does
 * @param errors of all lines, up to a number that a person can read
 */
record InputLines(long[] starts, int[] lengths, String model, List<BatchError> errors) {

    private static final int MOST_ERRORS = 100;

    int count() {
        return lengths.length;
    }

    /**
     * Reads a file from its beginning.
     *
     * @param endpoint that all lines must ask
     */
    static InputLines read(FileChannel file, String endpoint, DataLimits limits) throws IOException {
        file.position(0);
        return new Scan(new LineChecks(endpoint), limits)
                .run(new BufferedInputStream(Channels.newInputStream(file), 1 << 16));
    }

    /** The bytes of a line. */
    byte[] bytes(FileChannel file, int line) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(lengths[line]);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, starts[line] + buffer.position()) < 0) {
                throw new EOFException("the input file has become shorter");
            }
        }
        return buffer.array();
    }

    /** One reading of a file. */
    private static final class Scan {
        private final LineChecks checks;
        private final DataLimits limits;
        private final Set<String> ids = new HashSet<>();
        private final List<BatchError> errors = new ArrayList<>();
        private long[] starts = new long[64];
        private int[] lengths = new int[64];
        private int count;
        private String model = "";

        Scan(LineChecks checks, DataLimits limits) {
            this.checks = checks;
            this.limits = limits;
        }

        InputLines run(InputStream input) throws IOException {
            long at = 0;
            ByteArrayOutputStream line = new ByteArrayOutputStream(4096);
            for (int number = 1; errors.size() < MOST_ERRORS; number++) {
                line.reset();
                long length = 0;
                int next = input.read();
                for (; next >= 0 && next != '\n'; next = input.read()) {
                    if (++length <= limits.maxLineBytes()) {
                        line.write(next);
                    }
                }
                take(number, at, length, line.toByteArray());
                at += length + 1;
                if (next < 0 || count > limits.maxLines()) {
                    break;
                }
            }
            requireSome();
            return new InputLines(
                    Arrays.copyOf(starts, count), Arrays.copyOf(lengths, count), model, List.copyOf(errors));
        }

        private void requireSome() {
            if (count == 0 && errors.isEmpty()) {
                errors.add(new BatchError("empty_file", "The input file holds no requests.", "", 0));
            } else if (count > limits.maxLines()) {
                errors.add(new BatchError(
                        "too_many_tasks",
                        "The input file holds more than the " + limits.maxLines() + " requests that are allowed.",
                        "",
                        0));
            }
        }

        private void take(int number, long start, long length, byte[] bytes) {
            if (length > limits.maxLineBytes()) {
                errors.add(new BatchError(
                        "line_too_large",
                        "This line is larger than the " + limits.maxLineBytes() + " bytes that are allowed.",
                        "",
                        number));
                return;
            }
            if (isBlank(bytes)) {
                return;
            }
            try {
                InputLine line = checks.read(bytes);
                if (model.isEmpty()) {
                    model = line.body().path("model").asText();
                }
                String id = line.customId();
                if (!ids.add(id)) {
                    throw new LineChecks.Fault(
                            "duplicate_custom_id",
                            "The custom_id '" + id + "' is that of an earlier line; it must be unique in a batch.",
                            "custom_id");
                }
            } catch (LineChecks.Fault e) {
                errors.add(new BatchError(e.code(), String.valueOf(e.getMessage()), e.param(), number));
            }
            put(start, bytes.length);
        }

        private void put(long start, int length) {
            if (count == starts.length) {
                starts = Arrays.copyOf(starts, 2 * count);
                lengths = Arrays.copyOf(lengths, 2 * count);
            }
            starts[count] = start;
            lengths[count] = length;
            count++;
        }

        private static boolean isBlank(byte[] bytes) {
            for (byte b : bytes) {
                if (b != ' ' && b != '\t' && b != '\r') {
                    return false;
                }
            }
            return true;
        }
    }
}
