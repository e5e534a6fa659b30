package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.lifecycle.SlotRules;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.Schemas;
import dev.sharegpt4v.server.testing.ScriptedModels;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60) // Only to end a hang.
final class SeveralModelsTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final Duration DRAIN = Duration.ofSeconds(30);
    private static final SlotRules TOLD = new SlotRules(false, Duration.ZERO, DRAIN);
    private static final SlotRules ON_DEMAND = new SlotRules(true, Duration.ZERO, DRAIN);

    @TempDir
    private Path folder;

    private final List<ScriptedModels> servers = new ArrayList<>();

    private ScriptedModels serve(SlotRules rules) {
        return serve(rules, true, Protection.DEFAULT);
    }

    private ScriptedModels serve(SlotRules rules, boolean administered, Protection protection) {
        ScriptedModels server = new ScriptedModels(
                rules,
                administered,
                protection,
                Optional.of(folder.resolve("data" + servers.size())),
                "one",
                "org/two");
        servers.add(server);
        return server;
    }

    @AfterEach
    void close() {
        servers.forEach(ScriptedModels::close);
    }

    private static ObjectNode question(String model) {
        return Requests.text("?").put("model", model);
    }

    private static String said(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("choices[0].message.content");
    }

    private static String state(ScriptedModels server, String model) {
        return server.get("/v1/models/" + model).path("status.value");
    }

    private static String unload(ScriptedModels server, String model) {
        Response answer = server.post("/v1/models/" + model + "/unload", "");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("status.value");
    }

    private static String load(ScriptedModels server, String model) {
        Response answer = server.post("/v1/models/" + model + "/load", "");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("status.value");
    }

    @Test
    void aRequestIsAnsweredByTheModelThatItNames() {
        ScriptedModels server = serve(TOLD);
        assertThat(said(server.post(CHAT, question("one")))).isEqualTo("this is one");
        Response two = server.post(CHAT, question("org/two"));
        assertThat(said(two)).isEqualTo("this is org/two");
        assertThat((String) two.path("model")).isEqualTo("org/two");
    }

    @Test
    void aRequestThatNamesNoneMeansTheFirst() {
        ScriptedModels server = serve(TOLD);
        ObjectNode body = question("one");
        body.remove("model");
        assertThat(said(server.post(CHAT, body))).isEqualTo("this is one");
        assertThat(said(server.post(CHAT, body.putNull("model")))).isEqualTo("this is one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "three", "One", "one ", "two", "org/two/load"})
    void anUnknownNameIsToldAsOpenAiTellsIt(String name) {
        ScriptedModels server = serve(TOLD);
        ErrorAnswer.is(server.post(CHAT, question(name)), 404, "model_not_found", "model");
        server.model("one");
        unload(server, "one");
        unload(server, "org/two");
        ErrorAnswer.is(server.post(CHAT, question(name)), 404, "model_not_found", "model");
    }

    @Test
    void whatElseIsWrongIsToldBeforeAnUnknownName() {
        ScriptedModels server = serve(TOLD);
        ErrorAnswer.is(server.post(CHAT, question("three").put("colour", 1)), 400, "unknown_parameter", "colour");
        ErrorAnswer.is(server.post(CHAT, question("one").put("model", 7)), 400, "invalid_type", "model");
    }

    @Test
    void everyRouteThatNamesAModelChoosesByIt() {
        ScriptedModels server = serve(TOLD);
        String picture = Pictures.dataUri(Pictures.png(1));
        for (String name : List.of("one", "org/two")) {
            ObjectNode named = JSON.createObjectNode().put("model", name);
            assertThat((String) server.post(
                                    "/v1/captions",
                                    named.deepCopy().put("image", picture).put("temperature", 0))
                            .path("data[0].caption"))
                    .isEqualTo("this is " + name);
            assertThat((String) server.post("/v1/completions", named.deepCopy().put("prompt", "? ASSISTANT:"))
                            .path("model"))
                    .isEqualTo(name);
            assertThat((String) server.post(
                                    "/v1/responses",
                                    named.deepCopy().put("input", "?").put("temperature", 0))
                            .path("output[0].content[0].text"))
                    .isEqualTo("this is " + name);
            assertThat((String) server.post("/v1/messages", question(name).put("max_tokens", 20))
                            .path("content[0].text"))
                    .isEqualTo("this is " + name);
            assertThat((String) server.post("/v1/embeddings", named.deepCopy().put("input", "?"))
                            .path("model"))
                    .isEqualTo(name);
            assertThat((String) server.post(CHAT + "/render", question(name)).path("model"))
                    .isEqualTo(name);
            for (String path : List.of(CHAT + "/input_tokens", "/v1/messages/count_tokens")) {
                assertThat(server.post(path, question(name)).statusCode()).isEqualTo(200);
            }
            assertThat(server.post(
                                    "/v1/responses/input_tokens",
                                    named.deepCopy().put("input", "?"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.post("/tokenize", named.deepCopy().put("prompt", "?"))
                            .statusCode())
                    .isEqualTo(200);
            ObjectNode ids = named.deepCopy();
            ids.putArray("tokens").add(5);
            assertThat(server.post("/detokenize", ids).statusCode()).isEqualTo(200);
        }
        String form = RestAssured.given()
                .port(server.port())
                .multiPart("image", "a.png", Pictures.png(1), "image/png")
                .multiPart("model", "org/two")
                .multiPart("temperature", "0")
                .post("/v1/captions")
                .path("data[0].caption");
        assertThat(form).isEqualTo("this is org/two");
    }

    @Test
    void theListHasAllModelsInTheirOrderWithTheirStates() {
        ScriptedModels server = serve(TOLD);
        unload(server, "org/two");
        Response list = server.get("/v1/models");
        assertThat(list.jsonPath().getList("data.id", String.class)).containsExactly("one", "org/two");
        assertThat(list.jsonPath().getList("data.status.value", String.class)).containsExactly("loaded", "unloaded");
        assertThat(list.jsonPath().getList("data.max_model_len", Integer.class)).containsExactly(2048, 2048);
        new Schemas(Golden.parse(server.get("/openapi.json").asString()))
                .check("Models", Golden.parse(list.asString()));
    }

    @Test
    void whatIsToldOfAModelHasItsName() {
        ScriptedModels server = serve(TOLD);
        said(server.post(CHAT, question("org/two")));
        String metrics = server.metrics();
        assertThat(metrics)
                .contains("sharegpt4v_requests_total{model=\"one\",outcome=\"stop\"} 0.0")
                .contains("sharegpt4v_requests_total{model=\"org/two\",outcome=\"stop\"} 1.0")
                .contains("sharegpt4v_kv_blocks_capacity{model=\"one\"} 256.0")
                .contains("vllm:num_requests_running{model_name=\"one\",engine=\"0\"} 0.0")
                .contains("vllm:request_success_total{model_name=\"one\",engine=\"0\",finished_reason=\"stop\"} 0.0")
                .contains(
                        "vllm:request_success_total{model_name=\"org/two\",engine=\"0\",finished_reason=\"stop\"} 1.0")
                .contains("sharegpt4v_build{model=\"one\",version=\"0\"}")
                .contains("sharegpt4v_build{model=\"org/two\",version=\"0\"}");
        assertThat(metrics.lines().filter(line -> line.startsWith("# TYPE"))).doesNotHaveDuplicates();
    }

    @Test
    void anUnloadedModelLeavesNoGaugesAndKeepsItsCounts() {
        ScriptedModels server = serve(TOLD);
        said(server.post(CHAT, question("one")));
        unload(server, "one");

        String away = server.metrics();
        assertThat(away.lines().filter(line -> line.contains("model=\"one\"")))
                .noneMatch(line -> line.contains("kv_") || line.contains("_bytes") || line.contains("requests_running"))
                .contains(
                        "sharegpt4v_model_loaded{model=\"one\"} 0.0",
                        "sharegpt4v_requests_total{model=\"one\",outcome=\"stop\"} 1.0");
        assertThat(away).contains("sharegpt4v_kv_blocks_capacity{model=\"org/two\"} 256.0");

        load(server, "one");
        said(server.post(CHAT, question("one")));
        assertThat(server.metrics())
                .contains("sharegpt4v_kv_blocks_capacity{model=\"one\"} 256.0")
                .contains("sharegpt4v_model_loaded{model=\"one\"} 1.0")
                .contains("sharegpt4v_model_loads_total{model=\"one\",outcome=\"loaded\"} 2.0")
                .contains("sharegpt4v_requests_total{model=\"one\",outcome=\"stop\"} 2.0");
    }

    @Test
    void requestsToAnUnloadedModelAreToldSoAndWhenToComeAgain() {
        ScriptedModels server = serve(TOLD);
        assertThat(unload(server, "one")).isEqualTo("unloaded");
        assertThat(unload(server, "one")).isEqualTo("unloaded");
        Response refused = server.post(CHAT, question("one"));
        ErrorAnswer.is(refused, 503, "model_not_loaded", "");
        assertThat(refused.header("Retry-After")).isEqualTo("10");
        assertThat(server.post("/v1/messages", question("one").put("max_tokens", 1))
                        .<String>path("error.type"))
                .isNotBlank();
        assertThat(said(server.post(CHAT, question("org/two")))).isEqualTo("this is org/two");
        assertThat(load(server, "one")).isEqualTo("loaded");
        assertThat(said(server.post(CHAT, question("one")))).isEqualTo("this is one");
    }

    @Test
    void aModelThatIsBeingLoadedSaysSo() throws Exception {
        ScriptedModels server = serve(TOLD);
        unload(server, "one");
        server.holdLoads();
        CompletableFuture<String> loading = CompletableFuture.supplyAsync(() -> load(server, "one"));
        Eventually.holds("it is loading", () -> state(server, "one").equals("loading"));
        Response refused = server.post(CHAT, question("one"));
        ErrorAnswer.is(refused, 503, "model_loading", "");
        assertThat(refused.header("Retry-After")).isEqualTo("10");
        server.allowLoads();
        assertThat(loading.get()).isEqualTo("loaded");
    }

    @Test
    void anUnloadLetsRunningStreamsEndAndTakesNoNewRequests() throws Exception {
        ScriptedModels server = serve(TOLD);
        server.holdSteps();
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, Requests.streamed(question("one")).toString());
            Eventually.holds(
                    "it runs",
                    () -> server.model("one").engine().snapshot().running() == 1
                            || server.model("one").engine().snapshot().waiting() == 1);
            CompletableFuture<String> unloading = CompletableFuture.supplyAsync(() -> unload(server, "one"));
            Eventually.holds("it is unloading", () -> state(server, "one").equals("unloading"));
            ErrorAnswer.is(server.post(CHAT, question("one")), 503, "model_not_loaded", "");
            server.allowSteps();
            assertThat(client.readUntil("[DONE]")).contains("\"finish_reason\":\"stop\"");
            assertThat(unloading.get()).isEqualTo("unloaded");
        }
    }

    @Test
    void whoStillRunsAtTheDeadlineGetsAnErrorAndTheModelGoes() throws Exception {
        ScriptedModels server = serve(new SlotRules(false, Duration.ZERO, Duration.ZERO));
        ObjectNode endless = question("one").put("ignore_eos", true).put("max_tokens", 2000);
        CompletableFuture<Response> running = CompletableFuture.supplyAsync(() -> server.post(CHAT, endless));
        Eventually.holds(
                "it runs", () -> server.model("one").engine().snapshot().running() == 1);
        assertThat(unload(server, "one")).isEqualTo("unloaded");
        Response answer = running.get();
        if (answer.statusCode() != 200) {
            ErrorAnswer.is(answer, 503, "shutting_down", "");
        }
        assertThat(load(server, "one")).isEqualTo("loaded");
    }

    @Test
    void aLoadThatFailsIsToldAndTheOthersGoOn() {
        ScriptedModels server = serve(TOLD);
        unload(server, "one");
        server.damage("one", true);
        Response failed = server.post("/v1/models/one/load", "");
        ErrorAnswer.is(failed, 500, "model_load_failed", "");
        assertThat((String) failed.path("error.message")).contains("the package of one is damaged");
        assertThat(state(server, "one")).isEqualTo("failed");
        Response refused = server.post(CHAT, question("one"));
        ErrorAnswer.is(refused, 503, "model_load_failed", "");
        assertThat(refused.asString()).doesNotContain("damaged");
        assertThat(said(server.post(CHAT, question("org/two")))).isEqualTo("this is org/two");
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
        server.damage("one", false);
        assertThat(load(server, "one")).isEqualTo("loaded");
    }

    @Test
    void theServerIsReadyWhileAModelCanBeAsked() {
        ScriptedModels server = serve(TOLD);
        assertThat((String) server.get("/health/ready").path("device")).isEqualTo("script");
        unload(server, "one");
        assertThat((String) server.get("/health/ready").path("device")).isEqualTo("script");
        unload(server, "org/two");
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
        load(server, "org/two");
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    }

    @Test
    void onDemandManyRequestsLoadAModelOnce() throws Exception {
        ScriptedModels server = serve(ON_DEMAND);
        assertThat(server.opened()).isZero();
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
        server.holdLoads();
        List<Future<Response>> asked = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 6; i++) {
                asked.add(threads.submit(() -> server.post(CHAT, question("org/two"))));
            }
            Eventually.holds("it is loading", () -> state(server, "org/two").equals("loading"));
            server.allowLoads();
            for (Future<Response> answer : asked) {
                assertThat(said(answer.get())).isEqualTo("this is org/two");
            }
        }
        assertThat(server.opened()).isOne();
        assertThat(state(server, "one")).isEqualTo("unloaded");
    }

    @Test
    void aRequestWaitsForALoadNoLongerThanItWants() throws Exception {
        ScriptedModels server = serve(ON_DEMAND);
        server.holdLoads();
        Response late = server.post(CHAT, question("one").put("timeout", 0.05));
        ErrorAnswer.is(late, 503, "timeout", "");
        Response queued = server.post(CHAT, question("one").put("queue_timeout", 0.05));
        ErrorAnswer.is(queued, 503, "timeout", "");
        server.allowLoads();
        assertThat(said(server.post(CHAT, question("one")))).isEqualTo("this is one");
        assertThat(server.opened()).isOne();
    }

    @Test
    void whoHangsUpWhileAModelIsLoadedLeavesNothingBehind() throws Exception {
        ScriptedModels server = serve(ON_DEMAND);
        server.holdLoads();
        try (RawClient client = new RawClient(server.port())) {
            client.post(CHAT, question("one").toString());
            Eventually.holds("it is loading", () -> state(server, "one").equals("loading"));
        }
        Eventually.holds("its place is free", () -> server.metrics().contains("sharegpt4v_http_requests_admitted 0.0"));
        server.allowLoads();
        Eventually.holds("it is loaded", () -> state(server, "one").equals("loaded"));
    }

    @Test
    void aModelThatNobodyAsksFallsAsleepAndIsWokenByTheNextRequest() throws Exception {
        ScriptedModels server = serve(new SlotRules(false, Duration.ofMillis(1), DRAIN));
        Eventually.holds(
                "both are asleep",
                () -> state(server, "one").equals("asleep")
                        && state(server, "org/two").equals("asleep"));
        assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(said(server.post(CHAT, question("one")))).isEqualTo("this is one");
    }

    @Test
    void modelsAreAdministeredOnlyWhereThatIsAllowed() {
        ScriptedModels server = serve(TOLD, false, Protection.DEFAULT);
        ErrorAnswer.is(server.post("/v1/models/one/unload", ""), 404, "model_admin_disabled", "");
        ErrorAnswer.is(server.post("/v1/models/one/load", ""), 404, "model_admin_disabled", "");
        ScriptedModels open = serve(TOLD);
        ErrorAnswer.is(open.post("/v1/models/three/unload", ""), 404, "model_not_found", "model");
        assertThat(unload(open, "org/two")).isEqualTo("unloaded");
        assertThat(load(open, "org/two")).isEqualTo("loaded");
        assertThat(RestAssured.given()
                        .port(open.port())
                        .put("/v1/models/one/load")
                        .header("Allow"))
                .isEqualTo("POST");
    }

    @Test
    void whereThereAreKeysAnAdminsIsNeeded() {
        ApiKey admin = new ApiKey(
                "admin", ApiKey.of("", "sk-of-an-admin").hash(), OptionalInt.empty(), OptionalInt.empty(), true);
        KeyRing ring = new KeyRing(List.of(ApiKey.of("user", "sk-of-a-user"), admin), System::nanoTime);
        ScriptedModels server = serve(TOLD, true, Protection.DEFAULT.withKeys(ring));
        String path = "/v1/models/one/unload";
        ErrorAnswer.is(server.post(path, ""), 401, "invalid_api_key", "");
        ErrorAnswer.is(
                RestAssured.given()
                        .port(server.port())
                        .header("x-api-key", "sk-of-a-user")
                        .post(path),
                403,
                "admin_key_required",
                "");
        assertThat(RestAssured.given()
                        .port(server.port())
                        .header("x-api-key", "sk-of-an-admin")
                        .post(path)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void linesOfABatchAreAnsweredByTheModelsThatTheyName() throws Exception {
        ScriptedModels server = serve(TOLD);
        String lines = line("a", question("org/two")) + "\n" + line("b", question("one")) + "\n"
                + line("c", question("three"));
        String file = RestAssured.given()
                .port(server.port())
                .multiPart("file", "a.jsonl", lines.getBytes(StandardCharsets.UTF_8), "application/jsonl")
                .multiPart("purpose", "batch")
                .post("/v1/files")
                .path("id");
        ObjectNode order = JSON.createObjectNode()
                .put("input_file_id", file)
                .put("endpoint", CHAT)
                .put("completion_window", "24h");
        String id = server.post("/v1/batches", order).path("id");
        Eventually.holds(
                "it ends", () -> server.get("/v1/batches/" + id).path("status").equals("completed"));
        Response batch = server.get("/v1/batches/" + id);
        String answers = content(server, batch.path("output_file_id"));
        assertThat(answers).contains("this is one", "this is org/two");
        assertThat(batch.<String>path("model")).isEqualTo("org/two");
        assertThat(content(server, batch.path("error_file_id"))).contains("model_not_found");
    }

    private static String line(String id, JsonNode body) {
        ObjectNode line = JSON.createObjectNode();
        line.put("custom_id", id).put("method", "POST").put("url", CHAT);
        line.set("body", body);
        return line.toString();
    }

    private static String content(ScriptedModels server, String file) {
        return server.get("/v1/files/" + file + "/content").asString();
    }
}
