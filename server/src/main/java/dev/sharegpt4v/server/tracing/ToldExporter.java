package dev.sharegpt4v.server.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Exports by another, and tells the log when that begins to fail and when it works again, not each time it fails. */
final class ToldExporter implements SpanExporter {

    private static final System.Logger LOG = System.getLogger(ToldExporter.class.getName());

    private static final int MOST_CAUSES = 8;

    private final SpanExporter next;
    private boolean failing;
    private long lost;

    ToldExporter(SpanExporter next) {
        this.next = next;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = next.export(spans);
        return result.whenComplete(() -> note(result, count));
    }

    private synchronized void note(CompletableResultCode result, int count) {
        if (result.isSuccess()) {
            if (failing) {
                LOG.log(System.Logger.Level.INFO, "spans are exported again; " + lost + " were lost");
            }
            failing = false;
            lost = 0;
            return;
        }
        lost += count;
        if (!failing) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "spans cannot be exported" + reason(result.getFailureThrowable())
                            + "; they are dropped, and this is told once until it works again");
        }
        failing = true;
    }

    private static String reason(@Nullable Throwable failure) {
        if (failure == null) {
            return "";
        }
        Throwable cause = failure;
        for (int i = 0; i < MOST_CAUSES && cause.getCause() != null; i++) {
            cause = cause.getCause();
        }
        String words = cause.getMessage();
        return ": " + (words == null ? cause.getClass().getSimpleName() : words);
    }

    @Override
    public CompletableResultCode flush() {
        return next.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return next.shutdown();
    }

    @Override
    public String toString() {
        return next.toString();
    }
}
