package dev.sharegpt4v.server.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A collector that is away. */
final class ToldExporterTest {

    private static final Logger LOG = Logger.getLogger(ToldExporter.class.getName());

    private final List<String> told = new ArrayList<>();
    private final Handler catcher = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            told.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };
    private CompletableResultCode answer = CompletableResultCode.ofSuccess();
    private final ToldExporter exporter = new ToldExporter(new SpanExporter() {
        @Override
        public CompletableResultCode export(Collection<SpanData> spans) {
            return answer;
        }

        @Override
        public CompletableResultCode flush() {
            return CompletableResultCode.ofSuccess();
        }

        @Override
        public CompletableResultCode shutdown() {
            return CompletableResultCode.ofSuccess();
        }
    });

    @BeforeEach
    void listen() {
        LOG.addHandler(catcher);
        LOG.setUseParentHandlers(false);
    }

    @AfterEach
    void stop() {
        LOG.removeHandler(catcher);
        LOG.setUseParentHandlers(true);
    }

    @Test
    void isToldOnceUntilItIsBack() {
        exporter.export(List.of());
        assertThat(told).isEmpty();

        answer = CompletableResultCode.ofExceptionalFailure(
                new IllegalStateException("outer", new IOException("connection refused")));
        exporter.export(List.of());
        exporter.export(List.of());
        assertThat(told).singleElement().asString().startsWith("WARNING spans cannot be exported: connection refused");

        answer = CompletableResultCode.ofSuccess();
        exporter.export(List.of());
        exporter.export(List.of());
        assertThat(told).hasSize(2).last().asString().contains("exported again");

        answer = CompletableResultCode.ofFailure();
        exporter.export(List.of());
        assertThat(told).hasSize(3).last().asString().startsWith("WARNING spans cannot be exported;");
    }
}
