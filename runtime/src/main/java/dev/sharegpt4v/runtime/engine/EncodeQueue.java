package dev.sharegpt4v.runtime.engine;

import dev.sharegpt4v.runtime.execution.ContentHash;
import dev.sharegpt4v.runtime.execution.ExecutionFailure;
import dev.sharegpt4v.runtime.execution.ImageEncoder;
import dev.sharegpt4v.runtime.execution.ImageFeatures;
import dev.sharegpt4v.runtime.execution.ImageInput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Images on their way through the encoder, each content once. The engine thread adds and drops; the encoder thread takes
 * batches and answers by commands, so that running streams never wait for an encode.
 */
final class EncodeQueue {

    private final ImageEncoder encoder;
    private final EngineListener listener;
    private final Consumer<Command> answers;
    private final Map<ContentHash, ImageInput> queued = new LinkedHashMap<>();
    private final Set<ContentHash> encoding = new HashSet<>();
    private boolean closed;

    EncodeQueue(ImageEncoder encoder, EngineListener listener, Consumer<Command> answers) {
        this.encoder = encoder;
        this.listener = listener;
        this.answers = answers;
    }

    synchronized void add(ImageInput image) {
        if (!encoding.contains(image.hash())) {
            queued.putIfAbsent(image.hash(), image);
            notifyAll();
        }
    }

    /** Drops an image that nobody waits for any more, unless it is being encoded. */
    synchronized void drop(ContentHash hash) {
        queued.remove(hash);
    }

    /** Images queued or under encoding. */
    synchronized int size() {
        return queued.size() + encoding.size();
    }

    synchronized void close() {
        closed = true;
        notifyAll();
    }

    /** The encoder thread's whole life. */
    void run() {
        while (await()) {
            encodeOnce();
        }
    }

    /** Encodes one batch of images of equal shape; false when there is none. Tests call this without a thread. */
    boolean encodeOnce() {
        List<ImageInput> batch = take();
        if (batch.isEmpty()) {
            return false;
        }
        long started = System.nanoTime();
        try {
            List<ImageFeatures> features = encoder.encode(batch);
            listener.imagesEncoded(batch.size(), System.nanoTime() - started);
            finish(batch, new Command.Encoded(features));
        } catch (ExecutionFailure e) {
            finish(batch, new Command.EncodeFailed(batch, e));
        } catch (RuntimeException | Error e) {
            ExecutionFailure failure =
                    new ExecutionFailure(ExecutionFailure.Kind.RETRYABLE, "the image encoder failed: " + e, e);
            finish(batch, new Command.EncodeFailed(batch, failure));
        }
        return true;
    }

    private synchronized boolean await() {
        while (queued.isEmpty() && !closed) {
            try {
                wait();
            } catch (InterruptedException e) {
                return false;
            }
        }
        return !closed;
    }

    private synchronized List<ImageInput> take() {
        List<ImageInput> batch = new ArrayList<>();
        for (ImageInput image : queued.values()) {
            boolean fits = batch.isEmpty() || Arrays.equals(batch.getFirst().shape(), image.shape());
            if (fits && batch.size() < encoder.maxBatch()) {
                batch.add(image);
            }
        }
        for (ImageInput image : batch) {
            queued.remove(image.hash());
            encoding.add(image.hash());
        }
        return batch;
    }

    private void finish(List<ImageInput> batch, Command answer) {
        synchronized (this) {
            batch.forEach(image -> encoding.remove(image.hash()));
        }
        answers.accept(answer);
    }
}
