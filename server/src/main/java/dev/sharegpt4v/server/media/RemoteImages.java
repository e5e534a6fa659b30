package dev.sharegpt4v.server.media;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Fetches images by the rules of one server. Thread-safe. */
public final class RemoteImages {

    private final FetchRules rules;
    private final Network network;
    private final long mostBytes;
    private final DownloadSlots slots;

    /** Images of at most so many bytes from the real network. */
    public RemoteImages(FetchRules rules, long mostBytes) {
        this(rules, mostBytes, Network.real());
    }

    RemoteImages(FetchRules rules, long mostBytes, Network network) {
        this.rules = rules;
        this.network = network;
        this.mostBytes = mostBytes;
        this.slots = new DownloadSlots(rules.downloads(), rules.downloadsPerHost());
    }

    /** Downloads under way. */
    public int underWay() {
        return slots.taken();
    }

    /**
     * The bytes of the image at a URL.
     *
     * @param onGone is given what ends the download, to run when nobody waits for it any more
     * @throws FetchException when there is none
     */
    public byte[] fetch(String url, Consumer<Runnable> onGone) {
        ImageUrl start = ImageUrl.parse(url);
        Download download = new Download(
                rules,
                network,
                slots,
                mostBytes,
                System.nanoTime() + rules.timeout().toNanos());
        // Names are resolved by the system, which nothing can interrupt: the caller only stops waiting.
        FutureTask<byte[]> task = new FutureTask<>(() -> download.run(start));
        Thread.ofVirtual().name("download").start(task);
        onGone.accept(() -> {
            task.cancel(true);
            download.abort();
        });
        try {
            return task.get(rules.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new FetchException(FetchException.Kind.TIMEOUT, "the image did not come in time", e);
        } catch (CancellationException e) {
            throw new FetchException(FetchException.Kind.CANCELLED, "the download was ended", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FetchException(FetchException.Kind.CANCELLED, "the download was ended", e);
        } catch (ExecutionException e) {
            throw cause(e);
        } finally {
            if (!task.isDone()) {
                task.cancel(true);
                download.abort();
            }
        }
    }

    private RuntimeException cause(ExecutionException failure) {
        if (failure.getCause() instanceof FetchException known) {
            return known;
        }
        return new IllegalStateException("a download failed", failure.getCause());
    }
}
