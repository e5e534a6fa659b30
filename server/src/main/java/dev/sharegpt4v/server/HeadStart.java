package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.runtime.onnx.CpuDevice;
import dev.sharegpt4v.server.telemetry.MetricsSetup;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import io.helidon.webserver.WebServer;

/** What a server's start needs in any case, begun on threads beside the one that reads the options and opens the model. */
public final class HeadStart {

    private HeadStart() {}

    /** Begins it; what fails is told by whoever needs it. */
    public static void begin() {
        start("onnx", CpuDevice::load);
        start("manifest", ManifestJson::prepare);
        // Unstarted: it takes no port, but finds and makes most of what the one to come is made of.
        start("web", () -> WebServer.builder().shutdownHook(false).build());
        start("metrics", () -> new ServerMetrics(MetricsSetup.of(Version.TEXT, "", false, false)).close());
    }

    private static void start(String name, Runnable work) {
        Thread thread = Thread.ofPlatform().daemon().name("head-start-" + name).unstarted(work);
        thread.setUncaughtExceptionHandler((_, _) -> {});
        thread.start();
    }
}
