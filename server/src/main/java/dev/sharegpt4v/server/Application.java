package dev.sharegpt4v.server;

import dev.sharegpt4v.models.catalog.ManifestJson;
import dev.sharegpt4v.server.batch.DataFolder;
import dev.sharegpt4v.server.batch.DataLimits;
import dev.sharegpt4v.server.http.BatchSetup;
import dev.sharegpt4v.server.http.HttpFrontend;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.Identity;
import dev.sharegpt4v.server.http.ModelSetup;
import dev.sharegpt4v.server.http.ModelSource;
import dev.sharegpt4v.server.http.OpenedModel;
import dev.sharegpt4v.server.http.ServedDevice;
import dev.sharegpt4v.server.http.ServerIdentity;
import dev.sharegpt4v.server.lifecycle.SlotRules;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The whole wiring of a server, top to bottom, and its orderly end. */
public final class Application implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Application.class.getName());

    private final ServerConfig config;
    private final ServerMetrics metrics;
    private final WebServer web;
    private final List<String> names;
    private final Optional<DataFolder> data;
    private final HttpFrontend frontend;
    private final Guard guard;
    private final Tracing tracing;
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final AtomicBoolean closing = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean drained;

    private Application(ServerConfig config, Optional<DataFolder> data, Guard guard, Tracing tracing) {
        this.config = config;
        this.data = data;
        this.guard = guard;
        this.tracing = tracing;
        List<ModelSource> sources = new ArrayList<>();
        this.names = config.models().stream().map(Application::name).toList();
        this.metrics = new ServerMetrics(
                new MetricsSetup(Version.TEXT, names, config.rules().named(), config.vllmMetrics(), tracing.isOn()));
        Clock clock = Clock.systemUTC();
        ServerIdentity identity =
                new ServerIdentity(Version.TEXT, clock.instant().getEpochSecond());
        for (int i = 0; i < names.size(); i++) {
            sources.add(source(i, clock, identity.started()));
        }
        this.frontend = new HttpFrontend(
                new ModelSetup(sources, rules(), config.rules().administered()),
                config.limits(),
                metrics,
                identity,
                accepting::get,
                data.map(folder -> new BatchSetup(
                        folder,
                        config.data()
                                .orElseThrow()
                                .lines(config.models().getFirst().engine()))),
                guard.protection(),
                tracing);
        this.web = web();
        // Not before the models are open: where one cannot be, its error stands alone.
        StartLines.of(config, names, Runtime.getRuntime().availableProcessors())
                .forEach(line -> LOG.log(System.Logger.Level.INFO, line));
    }

    private static String name(ModelConfig model) {
        return model.name().orElseGet(() -> ManifestJson.read(model.folder()).name());
    }

    private ModelSource source(int index, Clock clock, long started) {
        ModelConfig model = config.models().get(index);
        List<ModelConfig> others = new ArrayList<>(config.models());
        others.remove(index);
        ModelOpener opener = new ModelOpener(
                names.get(index), model, Neighbours.of(others), config.templates(), metrics, tracing, clock, started);
        AtomicInteger positions = new AtomicInteger();
        return new ModelSource(
                names.get(index),
                () -> positions.updateAndGet(known -> known > 0
                        ? known
                        : ManifestJson.read(model.folder()).shape().contextLength()),
                () -> {
                    OpenedModel opened = opener.get();
                    positions.set(opened.served().positions());
                    return opened;
                });
    }

    private SlotRules rules() {
        return new SlotRules(config.rules().onDemand(), config.rules().idle(), config.drain());
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
            return new Application(config, data, guard, tracing);
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

    private WebServer web() {
        return PlainHelidon.server()
                .host(config.host())
                .port(config.port())
                .update(frontend::install)
                .update(guard::secure)
                .build();
    }

    /** The name clients ask for; of several models, that of the first. */
    public String modelName() {
        return names.getFirst();
    }

    /** The names of all models. */
    public List<String> modelNames() {
        return names;
    }

    /** What runs the first model. */
    public ServedDevice device() {
        DeviceChoice choice = config.models().getFirst().device();
        return frontend.identity()
                .map(Identity::device)
                .orElseGet(() -> new ServedDevice(choice.label(), Devices.provider(choice.kind()), ""));
    }

    /** The port it listens on. */
    public int port() {
        return web.port();
    }

    /** {@code https} where it speaks TLS, else {@code http}. */
    public String scheme() {
        return guard.isSecure() ? "https" : "http";
    }

    /** From now on other limits hold for requests that come, as far as they can change. */
    public void limit(HttpLimits limits) {
        frontend.limit(limits);
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
        frontend.stopBatches();
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
        frontend.close();
        metrics.close();
        tracing.close(left(deadline));
        ended.countDown();
    }
}
