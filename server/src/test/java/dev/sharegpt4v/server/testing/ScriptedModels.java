package dev.sharegpt4v.server.testing;

import dev.sharegpt4v.server.batch.DataFolder;
import dev.sharegpt4v.server.batch.DataLimits;
import dev.sharegpt4v.server.http.BatchSetup;
import dev.sharegpt4v.server.http.HttpFrontend;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.ModelSetup;
import dev.sharegpt4v.server.http.ModelSource;
import dev.sharegpt4v.server.http.OpenedModel;
import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.http.ServerIdentity;
import dev.sharegpt4v.server.http.TemplateRules;
import dev.sharegpt4v.server.lifecycle.SlotRules;
import dev.sharegpt4v.server.telemetry.MetricsSetup;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import io.helidon.webserver.WebServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A server of several models, each of which says its own name; loads and steps can be held. */
public final class ScriptedModels implements AutoCloseable {

    private static final int MANY = 1_000_000;

    private final Semaphore loads = new Semaphore(MANY);
    private final Semaphore steps = new Semaphore(MANY);
    private final Set<String> damaged = ConcurrentHashMap.newKeySet();
    private final Map<String, ScriptedModel> running = new ConcurrentHashMap<>();
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final ServerMetrics metrics;
    private final Optional<DataFolder> data;
    private final HttpFrontend frontend;
    private final WebServer web;

    public ScriptedModels(
            SlotRules rules, boolean administered, Protection protection, Optional<Path> folder, String... names) {
        this.metrics = new ServerMetrics(new MetricsSetup("0", List.of(names), true, true, false));
        this.data = folder.map(path -> DataFolder.open(path, DataLimits.of(1 << 20, 1 << 20), Clock.systemUTC()));
        List<ModelSource> sources = List.of(names).stream()
                .map(name -> new ModelSource(name, () -> ScriptedModel.CONTEXT, () -> open(name)))
                .toList();
        this.frontend = new HttpFrontend(
                new ModelSetup(sources, rules, administered),
                HttpLimits.DEFAULT,
                metrics,
                new ServerIdentity("0", ScriptedModel.STARTED),
                accepting::get,
                data.map(opened -> new BatchSetup(opened, 2)),
                protection,
                Tracing.OFF);
        this.web = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .shutdownHook(false)
                .update(frontend::install)
                .build()
                .start();
    }

    private OpenedModel open(String name) {
        loads.acquireUninterruptibly();
        if (damaged.contains(name)) {
            throw new IllegalArgumentException("the package of " + name + " is damaged");
        }
        opened.incrementAndGet();
        ScriptedModel model = new ScriptedModel(
                name,
                "this is " + name,
                TemplateRules.DEFAULT,
                metrics.model(name, ScriptedModel.CONTEXT),
                Tracing.OFF,
                steps::acquireUninterruptibly,
                () -> {});
        running.put(name, model);
        return model.opened();
    }

    /** Loads that came to an end. */
    public int opened() {
        return opened.get();
    }

    public ScriptedModel model(String name) {
        ScriptedModel model = running.get(name);
        if (model == null) {
            throw new AssertionError(name + " was never loaded");
        }
        return model;
    }

    public void holdLoads() {
        loads.drainPermits();
    }

    public void allowLoads() {
        loads.release(MANY);
    }

    public void holdSteps() {
        steps.drainPermits();
    }

    public void allowSteps() {
        steps.release(MANY);
    }

    /** From now on its package cannot be loaded, or can again. */
    public void damage(String name, boolean so) {
        if (so) {
            damaged.add(name);
        } else {
            damaged.remove(name);
        }
    }

    public int port() {
        return web.port();
    }

    public Response post(String path, Object json) {
        return RestAssured.given()
                .port(port())
                .contentType("application/json")
                .body(json.toString().getBytes(StandardCharsets.UTF_8))
                .post(path);
    }

    public Response get(String path) {
        return RestAssured.given().port(port()).get(path);
    }

    public String metrics() {
        return metrics.scrape();
    }

    @Override
    public void close() {
        accepting.set(false);
        allowLoads();
        allowSteps();
        frontend.stopBatches();
        web.stop();
        data.ifPresent(DataFolder::close);
        frontend.close();
        metrics.close();
    }
}
