package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.server.telemetry.MetricsSetup;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.common.SerializationConfig;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** What a server's start needs in any case, begun beside the thread that reads the options and opens the model. */
public final class HeadStart {

    /** In the order in which that thread needs it. */
    private static final List<Runnable> STEPS = List.of(
            ManifestJson::prepare,
            () -> new ServerMetrics(MetricsSetup.of(Version.TEXT, "", false, false)).close(),
            CpuDevice::load,
            Tokenizer::prepare,
            // Unstarted: it takes no port, but finds and makes most of what the one to come is made of.
            () -> PlainHelidon.server().build(),
            SerializationConfig::configureRuntime);

    private HeadStart() {}

    /** Begins it; what fails is told by whoever needs it. */
    public static void begin() {
        Queue<Runnable> steps = new ConcurrentLinkedQueue<>(STEPS);
        // More threads than processors would only take them from the one that all of this is for.
        int helpers = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, STEPS.size());
        for (int i = 0; i < helpers; i++) {
            Thread.ofPlatform().daemon().name("head-start-" + i).start(() -> takeAll(steps));
        }
    }

    private static void takeAll(Queue<Runnable> steps) {
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            try {
                step.run();
            } catch (RuntimeException | Error _) {
                // It fails again, and is told, where it is needed.
            }
        }
    }
}
