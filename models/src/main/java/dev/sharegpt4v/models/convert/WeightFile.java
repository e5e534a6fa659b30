package dev.sharegpt4v.models.convert;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Streams weights into the file beside a graph: chunks are encoded by a pool a little ahead of the writer, and written
 * in order, so that memory stays at a few chunks whatever the size of the model.
 */
final class WeightFile {

    private static final int CHUNK_BYTES = 4 << 20;

    private final ExecutorService encoders;
    private final int chunksAhead;
    private final Queue<Future<ByteBuffer>> pending = new ArrayDeque<>();

    /** A writer of files; {@code chunksAhead} bounds what is encoded but not yet written. */
    WeightFile(ExecutorService encoders, int chunksAhead) {
        this.encoders = encoders;
        this.chunksAhead = chunksAhead;
    }

    /** Writes all weights where the layout places them. */
    void write(List<Weight> weights, WeightLayout layout, HashingFile file) throws IOException {
        try {
            long end = 0;
            for (Weight weight : weights) {
                submitPadding(layout.offset(weight) - end, file);
                submitChunks(weight, file);
                end = layout.offset(weight) + weight.bytes();
            }
            while (!pending.isEmpty()) {
                writeNext(file);
            }
        } finally {
            pending.forEach(chunk -> chunk.cancel(true));
            pending.clear();
        }
    }

    private void submitPadding(long bytes, HashingFile file) throws IOException {
        if (bytes > 0) {
            submit(0, 1, (firstRow, count, target) -> target.position(target.limit()), (int) bytes, file);
        }
    }

    private void submitChunks(Weight weight, HashingFile file) throws IOException {
        int rowsPerChunk = Math.max(1, CHUNK_BYTES / weight.rowBytes());
        for (long row = 0; row < weight.rows(); row += rowsPerChunk) {
            int count = (int) Math.min(rowsPerChunk, weight.rows() - row);
            submit(row, count, weight.encoder(), weight.rowBytes(), file);
        }
    }

    private void submit(long firstRow, int count, RowEncoder encoder, int rowBytes, HashingFile file)
            throws IOException {
        if (pending.size() == chunksAhead) {
            writeNext(file);
        }
        pending.add(encoders.submit(() -> {
            ByteBuffer target =
                    ByteBuffer.allocate(Math.multiplyExact(count, rowBytes)).order(ByteOrder.LITTLE_ENDIAN);
            encoder.encode(firstRow, count, target);
            return target.flip();
        }));
    }

    private void writeNext(HashingFile file) throws IOException {
        try {
            file.write(pending.remove().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted = new InterruptedIOException("interrupted while weights were encoded");
            interrupted.initCause(e);
            throw interrupted;
        } catch (ExecutionException e) {
            throw failure(e);
        }
    }

    private static RuntimeException failure(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException failure -> failure;
            case Error failure -> throw failure;
            case null, default -> new IllegalStateException("an encoder threw a checked exception. This is a bug.", e);
        };
    }
}
