package dev.sharegpt4v.server.testing;

import dev.sharegpt4v.models.text.Tokenizer;
import dev.sharegpt4v.runtime.engine.Engine;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.engine.EngineSnapshot;
import dev.sharegpt4v.runtime.engine.Prompt;
import dev.sharegpt4v.runtime.testing.ScriptedExecutor;
import dev.sharegpt4v.server.batch.DataFolder;
import dev.sharegpt4v.server.batch.DataLimits;
import dev.sharegpt4v.server.http.BatchSetup;
import dev.sharegpt4v.server.http.HttpFrontend;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.ModelSetup;
import dev.sharegpt4v.server.http.ModelSource;
import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.http.ServerIdentity;
import dev.sharegpt4v.server.http.TemplateRules;
import dev.sharegpt4v.server.telemetry.MetricsSetup;
import dev.sharegpt4v.server.telemetry.ServerMetrics;
import dev.sharegpt4v.server.tracing.Tracing;
import io.helidon.webserver.WebServer;
import io.restassured.RestAssured;
import io.restassured.builder.RequestSpecBuilder;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** A server whose model says one text, whatever it is asked; each step waits for a permit that the test gives. */
public final class ScriptedServer implements AutoCloseable {

    public static final String MODEL = "scripted";
    public static final EngineOptions ENGINE = ScriptedModel.ENGINE;
    private static final long DATA_BYTES = 1 << 20;
    private static final int BATCH_LINES = 2;
    private static final int SEND_BUFFER = 16 << 10;

    private final Semaphore steps = new Semaphore(0);
    private final Semaphore encodes = new Semaphore(1_000_000);
    private final AtomicBoolean accepting = new AtomicBoolean(true);
    private final ServerMetrics metrics;
    private final ScriptedModel model;
    private final Optional<DataFolder> data;
    private final HttpFrontend frontend;
    private final WebServer web;

    /** A server that says {@code text} at once, with all limits as they are by default. */
    public ScriptedServer(String text) {
        this(text, HttpLimits.DEFAULT);
        allowAllSteps();
    }

    /** A server that says {@code text} as its steps are allowed. */
    public ScriptedServer(String text, HttpLimits limits) {
        this(text, limits, MODEL);
    }

    /** A server of a model of this name, as its steps are allowed. */
    public ScriptedServer(String text, HttpLimits limits, String name) {
        this(text, limits, name, Optional.empty());
    }

    /** The same with files and batches in a folder. */
    public ScriptedServer(String text, HttpLimits limits, String name, Optional<Path> folder) {
        this(text, limits, name, folder, Protection.DEFAULT);
    }

    /** A server that says {@code text} as its steps are allowed, behind some protection. */
    public ScriptedServer(String text, HttpLimits limits, Protection protection) {
        this(text, limits, MODEL, Optional.empty(), protection);
    }

    /** A server that says {@code text} at once, whose prompts other templates may make. */
    public ScriptedServer(String text, TemplateRules templates) {
        this(text, HttpLimits.DEFAULT, MODEL, Optional.empty(), Protection.DEFAULT, templates, Tracing.OFF);
        allowAllSteps();
    }

    /** A server that says {@code text} at once, behind some protection, with files and batches in a folder, and traced. */
    public ScriptedServer(String text, Protection protection, Optional<Path> folder, Tracing tracing) {
        this(text, HttpLimits.DEFAULT, MODEL, folder, protection, TemplateRules.DEFAULT, tracing);
        allowAllSteps();
    }

    /** A server with files and batches behind some protection. */
    public ScriptedServer(String text, HttpLimits limits, String name, Optional<Path> folder, Protection protection) {
        this(text, limits, name, folder, protection, TemplateRules.DEFAULT, Tracing.OFF);
    }

    private ScriptedServer(
            String text,
            HttpLimits limits,
            String name,
            Optional<Path> folder,
            Protection protection,
            TemplateRules templates,
            Tracing tracing) {
        this.metrics = new ServerMetrics(MetricsSetup.of("0", MODEL, true, tracing.isOn()));
        this.model = new ScriptedModel(
                name,
                text,
                templates,
                metrics.model(name, ScriptedModel.CONTEXT),
                tracing,
                steps::acquireUninterruptibly,
                encodes::acquireUninterruptibly);
        this.data = folder.map(
                path -> DataFolder.open(path, DataLimits.of(DATA_BYTES, limits.maxBodyBytes()), Clock.systemUTC()));
        this.frontend = new HttpFrontend(
                ModelSetup.of(new ModelSource(name, () -> ScriptedModel.CONTEXT, model::opened)),
                limits,
                metrics,
                new ServerIdentity("0", ScriptedModel.STARTED),
                accepting::get,
                data.map(opened -> new BatchSetup(opened, BATCH_LINES)),
                protection,
                tracing);
        this.web = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .shutdownHook(false)
                // What the system keeps for clients that do not read is soon full.
                .connectionOptions(options -> options.socketSendBufferSize(SEND_BUFFER))
                .update(frontend::install)
                .build()
                .start();
    }

    /** What stands for the embedding of a token: its id in one of the channels. */
    public static float[] embedding(int id, int width) {
        return ScriptedModel.embedding(id, width);
    }

    /** Lets one more step run unless one may already; for conditions that are asked again and again. */
    public void allowStep() {
        if (steps.availablePermits() == 0) {
            steps.release();
        }
    }

    /** Lets so many more steps run. */
    public void allowSteps(int count) {
        steps.release(count);
    }

    /** Lets the model run freely. */
    public void allowAllSteps() {
        steps.release(1_000_000);
    }

    /** Keeps pictures from being encoded. */
    public void holdEncodes() {
        encodes.drainPermits();
    }

    /** Lets pictures be encoded freely. */
    public void allowEncodes() {
        encodes.release(1_000_000);
    }

    /** As when the server is told to stop. */
    public void drain() {
        accepting.set(false);
    }

    public int port() {
        return web.port();
    }

    public HttpFrontend frontend() {
        return frontend;
    }

    public EngineSnapshot snapshot() {
        return model.engine().snapshot();
    }

    public Engine engine() {
        return model.engine();
    }

    public Tokenizer tokenizer() {
        return model.tokenizer();
    }

    /** The prompt that a question without a picture becomes. */
    public Prompt prompt(String question) {
        return model.prompt(question);
    }

    public ScriptedExecutor executor() {
        return model.executor();
    }

    public String metrics() {
        return metrics.scrape();
    }

    /** For REST Assured's {@code given().spec(...)}. */
    public RequestSpecification spec() {
        return new RequestSpecBuilder()
                .setBaseUri("http://127.0.0.1")
                .setPort(port())
                .build();
    }

    /** Sends JSON, whatever it is, and gives the answer. */
    public Response post(String path, Object json) {
        return RestAssured.given()
                .spec(spec())
                .contentType("application/json")
                .body(json.toString().getBytes(StandardCharsets.UTF_8))
                .post(path);
    }

    public Response chat(Object json) {
        return post("/v1/chat/completions", json);
    }

    public Response get(String path) {
        return RestAssured.given().spec(spec()).get(path);
    }

    /** All prompts so far as text, without what the model said; images are left out. */
    public String prompts() {
        return model.executor().steps().stream()
                .flatMap(step -> step.slices().stream())
                .filter(slice -> slice.tokens().length > 1)
                .map(slice -> model.tokenizer().decode(slice.tokens()))
                .collect(Collectors.joining());
    }

    @Override
    public void close() {
        allowAllSteps();
        allowEncodes();
        frontend.stopBatches();
        web.stop();
        data.ifPresent(DataFolder::close);
        frontend.close();
        metrics.close();
    }
}
