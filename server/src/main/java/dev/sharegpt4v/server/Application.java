package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.LoadedModel;
import dev.sharegpt4v.models.convert.EmbeddingTable;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.execution.KvGeometry;
import dev.sharegpt4v.server.batch.DataFolder;
import dev.sharegpt4v.server.batch.DataLimits;
import dev.sharegpt4v.server.http.BatchSetup;
import dev.sharegpt4v.server.http.Constraints;
import dev.sharegpt4v.server.http.HttpFrontend;
import dev.sharegpt4v.server.http.Identity;
import dev.sharegpt4v.server.http.ServedDevice;
import dev.sharegpt4v.server.http.ServedModel;
import dev.sharegpt4v.server.telemetry.MetricsSetup;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import io.helidon.webserver.WebServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** The whole wiring of a server, top to bottom, and its orderly end. */
public final class Application implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Application.class.getName());

    private final ServerConfig config;
    private final LoadedModel loaded;
    private final Engine engine;
    private final ServerMetrics metrics;
    private final WebServer web;
    private final String name;
    private final int positions;
    private final ServedDevice device;
    private final Optional<DataFolder> data;
    private final HttpFrontend frontend;
    private final Guard guard;
    private final Tracing tracing;
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean drained;

    private Application(
            ServerConfig config, LoadedModel loaded, Optional<DataFolder> data, Guard guard, Tracing tracing) {
        this.config = config;
        this.data = data;
        this.guard = guard;
        this.tracing = tracing;
        this.loaded = loaded;
        this.name = config.servedName().orElse(loaded.name());
        OpenDevice device = Devices.open(loaded, config, line -> LOG.log(System.Logger.Level.INFO, line));
        try {
            WarmUp.run(device, loaded);
        } catch (RuntimeException e) {
            device.close();
            throw e;
        }
        KvGeometry geometry = device.executor().geometry();
        this.positions = Math.min(loaded.shape().contextLength(), geometry.blocks() * geometry.blockSize());
        this.metrics = new ServerMetrics(
                new MetricsSetup(Version.TEXT, name, positions, config.vllmMetrics(), tracing.isOn()));
        this.engine = Engine.start(device.executor(), device.encoder(), config.engine(), tracing.listen(metrics));
        metrics.watch(engine::snapshot);
        CacheGauges.watch(metrics, engine, config, device, loaded);
        this.device = device.served();
        this.frontend = frontend(served());
        this.web = web();
    }

    private static Application wired(ServerConfig config, Tracing tracing) {
        Guard guard = new Guard(config.security(), config.limits().image().maxBytes());
        // First, for it takes no time and may be in use.
        Optional<DataFolder> data = config.data()
                .map(asked -> DataFolder.open(
                        asked.folder(),
                        DataLimits.of(asked.maxBytes(), config.limits().maxBodyBytes()),
                        Clock.systemUTC()));
        try {
            LoadedModel loaded = LoadedModel.open(config.packageFolder());
            try {
                return new Application(config, loaded, data, guard, tracing);
            } catch (RuntimeException e) {
                loaded.close();
                throw e;
            }
        } catch (RuntimeException e) {
            data.ifPresent(DataFolder::close);
            throw e;
        }
    }

    /**
     * Opens the model, runs it once, and listens.
     *
     * @throws UncheckedIOException when the address cannot be listened on
     */
    public static Application start(ServerConfig config) {
        return start(config, Tracing.OFF);
    }

    /** The same with traces, which are closed with it. */
    public static Application start(ServerConfig config, Tracing tracing) {
        requireFree(config.host(), config.port());
        Application application = wired(config, tracing);
        try {
            application.web.start();
            if (!application.web.isRunning()) {
                // The web server only writes to its log that it could not start.
                throw cannotListen(config.host(), config.port(), new BindException("the address is not free"));
            }
            application.guard.watch(application.web);
            return application;
        } catch (RuntimeException e) {
            application.close();
            throw e;
        }
    }

    /** A large model takes minutes to open; an address that is taken should show before. */
    private static void requireFree(String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw cannotListen(host, port, e);
        }
    }

    private static UncheckedIOException cannotListen(String host, int port, IOException cause) {
        return new UncheckedIOException("cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
    }

    private ServedModel served() {
        return new ServedModel(
                name,
                loaded.tokenizer(),
                loaded.prompts(),
                EmbeddingTable.open(config.packageFolder())::row,
                loaded.images(),
                loaded.imageFeatureRows(),
                loaded.generation(),
                positions,
                engine,
                new Constraints(loaded.tokenizer()),
                config.templates());
    }

    private HttpFrontend frontend(ServedModel model) {
        Clock clock = Clock.systemUTC();
        Identity identity = new Identity(
                name,
                Version.TEXT,
                Fingerprint.of(loaded.manifest().files(), Version.TEXT),
                clock.instant().getEpochSecond(),
                clock,
                device);
        return new HttpFrontend(
                model,
                config.limits(),
                metrics,
                identity,
                accepting::get,
                data.map(folder ->
                        new BatchSetup(folder, config.data().orElseThrow().lines(config.engine()))),
                guard.protection(),
                tracing);
    }

    private WebServer web() {
        return WebServer.builder()
                .host(config.host())
                .port(config.port())
                .shutdownHook(false)
                .update(frontend::install)
                .update(guard::secure)
                .build();
    }

    /** The name clients ask for. */
    public String modelName() {
        return name;
    }

    /** What runs the model. */
    public ServedDevice device() {
        return device;
    }

    /** The port it listens on. */
    public int port() {
        return web.port();
    }

    /** {@code https} where it speaks TLS, else {@code http}. */
    public String scheme() {
        return guard.isSecure() ? "https" : "http";
    }

    /** Waits until the server was closed. */
    public void join() throws InterruptedException {
        ended.await();
    }

    /** Whether all requests had ended when it closed. */
    public boolean isDrained() {
        return drained;
    }

    /** What is left of the time for draining; a moment in any case, and no longer than a collector may take for one answer. */
    private static Duration left(long deadline) {
        long nanos = deadline - System.nanoTime();
        return Duration.ofNanos(Math.clamp(
                nanos, Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(10).toNanos()));
    }

    /** Takes no more requests, lets the running ones end within the deadline, then stops. */
    @Override
    public void close() {
        accepting.set(false);
        long deadline = System.nanoTime() + config.drain().toNanos();
        if (!closing.compareAndSet(false, true)) {
            return;
        }
        // What runs in the background is asked again after the next start.
        frontend.close();
        try {
            // Not the engine's generations alone: pictures may still be fetched, and last words be written.
            drained = frontend.awaitIdle(config.drain());
            if (!drained) {
                LOG.log(System.Logger.Level.WARNING, "requests were still running after " + config.drain());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        guard.close();
        web.stop();
        data.ifPresent(DataFolder::close);
        engine.close();
        metrics.close();
        tracing.close(left(deadline));
        loaded.close();
        ended.countDown();
    }
}
