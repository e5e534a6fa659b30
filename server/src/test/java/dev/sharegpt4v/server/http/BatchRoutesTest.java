package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.Schemas;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Batches through the routes, on the same endpoints as requests. */
@Timeout(60) // Only to end a hang.
final class BatchRoutesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";

    @TempDir
    private static Path all;

    private Path folder;
    private ScriptedServer server;

    @BeforeEach
    void serve() throws IOException {
        folder = Files.createTempDirectory(all, "data");
        server = new ScriptedServer("a red circle", HttpLimits.DEFAULT, ScriptedServer.MODEL, Optional.of(folder));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String upload(String content, String purpose) {
        return RestAssured.given()
                .spec(server.spec())
                .multiPart("file", "a.jsonl", content.getBytes(StandardCharsets.UTF_8), "application/jsonl")
                .multiPart("purpose", purpose)
                .post("/v1/files")
                .path("id");
    }

    private static String line(String id, String url, JsonNode body) {
        ObjectNode line = JSON.createObjectNode();
        line.put("custom_id", id).put("method", "POST").put("url", url);
        line.set("body", body);
        return line.toString();
    }

    private static ObjectNode order(String file, String endpoint) {
        return JSON.createObjectNode()
                .put("input_file_id", file)
                .put("endpoint", endpoint)
                .put("completion_window", "24h");
    }

    private String start(String endpoint, String... lines) {
        Response answer = server.post("/v1/batches", order(upload(String.join("\n", lines), "batch"), endpoint));
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("id");
    }

    private JsonNode ended(String id) throws InterruptedException {
        Eventually.holds("it ends", () -> {
            String status = server.get("/v1/batches/" + id).path("status");
            return List.of("completed", "failed", "cancelled").contains(status);
        });
        return Golden.parse(server.get("/v1/batches/" + id).asString());
    }

    private List<JsonNode> lines(JsonNode batch, String member) {
        List<JsonNode> lines = new ArrayList<>();
        server.get("/v1/files/" + batch.path(member).asText() + "/content")
                .asString()
                .lines()
                .forEach(line -> lines.add(Golden.parse(line)));
        return lines;
    }

    @Test
    void whatOneKeyMadeIsNotThereForAnother() throws IOException {
        KeyRing ring = new KeyRing(List.of(ApiKey.of("alice", "sk-alice"), ApiKey.of("bob", "sk-bob")), () -> 0);
        try (ScriptedServer guarded = new ScriptedServer(
                "a red circle",
                HttpLimits.DEFAULT,
                ScriptedServer.MODEL,
                Optional.of(Files.createTempDirectory(all, "guarded")),
                Protection.DEFAULT.withKeys(ring))) {
            RequestSpecification alice = guarded.spec().header("x-api-key", "sk-alice");
            RequestSpecification bob = guarded.spec().header("x-api-key", "sk-bob");
            String content = line("a", CHAT, Requests.text("?"));
            String file = RestAssured.given(alice)
                    .multiPart("file", "a.jsonl", content.getBytes(StandardCharsets.UTF_8), "application/jsonl")
                    .multiPart("purpose", "batch")
                    .post("/v1/files")
                    .path("id");
            String ordered = order(file, CHAT).toString();
            String batch = RestAssured.given(alice)
                    .contentType("application/json")
                    .body(ordered)
                    .post("/v1/batches")
                    .path("id");
            Response refused = RestAssured.given(bob)
                    .contentType("application/json")
                    .body(ordered)
                    .post("/v1/batches");
            ErrorAnswer.is(refused, 400, "invalid_value", "input_file_id");
            for (String path : List.of("/v1/files/" + file, "/v1/files/" + file + "/content", "/v1/batches/" + batch)) {
                assertThat(RestAssured.given(alice).get(path).statusCode()).isEqualTo(200);
                ErrorAnswer.is(RestAssured.given(bob).get(path), 404, "not_found", "");
            }
            ErrorAnswer.is(RestAssured.given(bob).post("/v1/batches/" + batch + "/cancel"), 404, "not_found", "");
            ErrorAnswer.is(RestAssured.given(bob).delete("/v1/files/" + file), 404, "not_found", "");
            for (String list : List.of("/v1/files", "/v1/batches")) {
                assertThat(RestAssured.given(alice).get(list).<List<?>>path("data"))
                        .hasSize(1);
                assertThat(RestAssured.given(bob).get(list).<List<?>>path("data"))
                        .isEmpty();
            }
        }
    }

    @Test
    void linesAreAnsweredAsRequestsAre() throws InterruptedException {
        server.allowAllSteps();
        ObjectNode question = Requests.about("What?", Pictures.dataUri(Pictures.png(1)));
        JsonNode alone = Golden.parse(server.chat(question).asString());
        JsonNode batch = ended(start(
                CHAT,
                line("picture", CHAT, question),
                line("bad", CHAT, Requests.text("?").put("temperature", 9)),
                line("streamed", CHAT, Requests.streamed(Requests.text("?"))),
                line("other", CHAT, Requests.text("?").put("model", "other")),
                line("words", CHAT, Requests.text("?").put("max_tokens", 1))));

        assertThat(batch.path("status").asText()).isEqualTo("completed");
        List<JsonNode> output = lines(batch, "output_file_id");
        assertThat(output).extracting(line -> line.path("custom_id").asText()).containsExactly("picture", "words");
        JsonNode body = output.getFirst().at("/response/body");
        assertThat(body.path("choices")).isEqualTo(alone.path("choices"));
        assertThat(body.path("model")).isEqualTo(alone.path("model"));
        assertThat(body.at("/usage/prompt_tokens")).isEqualTo(alone.at("/usage/prompt_tokens"));
        assertThat(output.getLast().at("/response/body/choices/0/finish_reason").asText())
                .isEqualTo("length");
        List<JsonNode> errors = lines(batch, "error_file_id");
        assertThat(errors)
                .extracting(line -> line.path("custom_id").asText() + " "
                        + line.at("/response/status_code").asInt() + " "
                        + line.at("/response/body/error/param").asText())
                .containsExactly("bad 400 temperature", "streamed 400 stream", "other 404 model");
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":5,\"completed\":2,\"failed\":3}");
        assertThat(batch.at("/usage/input_tokens").asInt()).isPositive();
        assertThat(batch.path("model").asText()).isEqualTo(ScriptedServer.MODEL);
    }

    @Test
    void captionsAreAnsweredToo() throws InterruptedException {
        server.allowAllSteps();
        JsonNode body = JSON.createObjectNode()
                .put("image", Pictures.dataUri(Pictures.png(1)))
                .put("temperature", 0);
        JsonNode batch = ended(start("/v1/captions", line("a", "/v1/captions", body)));
        assertThat(lines(batch, "output_file_id")
                        .getFirst()
                        .at("/response/body/data/0/caption")
                        .asText())
                .isEqualTo("a red circle");
    }

    @Test
    void otherRoutesAreAnsweredToo() throws InterruptedException {
        server.allowAllSteps();
        for (String route : List.of("/v1/completions", "/v1/responses", "/v1/embeddings")) {
            ObjectNode body = JSON.createObjectNode()
                    .put("model", ScriptedServer.MODEL)
                    .put(route.equals("/v1/completions") ? "prompt" : "input", "? ASSISTANT:");
            JsonNode alone = Golden.parse(server.post(route, body).asString());
            JsonNode batch = ended(start(route, line("a", route, body)));
            JsonNode answer = lines(batch, "output_file_id").getFirst().at("/response/body");
            assertThat(answer.path("object")).as(route).isEqualTo(alone.path("object"));
            assertThat(batch.at("/usage/input_tokens").asInt()).as(route).isPositive();
        }
    }

    @Test
    void everythingIsAsOurOwnDocumentDescribesIt() throws InterruptedException {
        server.allowAllSteps();
        Schemas schemas = new Schemas(Golden.parse(server.get("/openapi.json").asString()));
        ObjectNode order = order(upload(line("a", CHAT, Requests.text("?")), "batch"), CHAT);
        order.putObject("metadata").put("for", "me");
        schemas.check("BatchRequest", order);
        JsonNode ordered = Golden.parse(server.post("/v1/batches", order).asString());
        schemas.check("Batch", ordered);
        JsonNode end = ended(ordered.path("id").asText());
        schemas.check("Batch", end);
        schemas.check("Batch", ended(start(CHAT, "{")));
        schemas.check("Batches", Golden.parse(server.get("/v1/batches").asString()));
        schemas.check("Files", Golden.parse(server.get("/v1/files").asString()));
        String output = "/v1/files/" + end.path("output_file_id").asText();
        schemas.check("File", Golden.parse(server.get(output).asString()));
        schemas.check(
                "FileDeleted",
                Golden.parse(
                        RestAssured.given().spec(server.spec()).delete(output).asString()));
    }

    /** Another server, which says so much that no line ends between two looks at it. */
    private void sayMuch() {
        server.close();
        server = new ScriptedServer(
                "a red circle ".repeat(150), HttpLimits.DEFAULT, ScriptedServer.MODEL, Optional.of(folder));
    }

    @Test
    void onlineRequestsGoFirstAndBatchesTakeFewPlaces() throws InterruptedException {
        sayMuch();
        String[] lines = new String[10];
        for (int i = 0; i < lines.length; i++) {
            lines[i] = line("n" + i, CHAT, Requests.text("?"));
        }
        String batch = start(CHAT, lines);
        Eventually.holds("two lines run", () -> {
            server.allowStep();
            return server.snapshot().running() == 2;
        });
        assertThat(server.snapshot().waiting()).isZero();
        assertThat(server.metrics()).contains("sharegpt4v_batch_lines_running 2");
        assertThat(server.metrics()).contains("sharegpt4v_http_requests_admitted 0");
        server.allowAllSteps();
        assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(200);
        assertThat(ended(batch).at("/request_counts/completed").asInt()).isEqualTo(10);
    }

    @Test
    void aCancelFreesWhatItsLinesHold() throws InterruptedException {
        sayMuch();
        String batch = start(CHAT, line("a", CHAT, Requests.text("?")), line("b", CHAT, Requests.text("?")));
        Eventually.holds("both run", () -> {
            server.allowStep();
            return server.snapshot().running() == 2;
        });
        Response answer = server.post("/v1/batches/" + batch + "/cancel", "");
        assertThat((String) answer.path("status")).isEqualTo("cancelling");
        assertThat((int) answer.path("cancelling_at")).isPositive();
        server.allowAllSteps();
        JsonNode end = ended(batch);
        assertThat(end.path("status").asText()).isEqualTo("cancelled");
        assertThat(end.path("output_file_id").isNull()).isTrue();
        Eventually.holds("its blocks are free", () -> server.snapshot().usedBlocks() == 0);
    }

    @Test
    void aBatchIsTakenUpAgainByTheNextServer() throws InterruptedException {
        sayMuch();
        String batch = start(CHAT, line("a", CHAT, Requests.text("?")), line("b", CHAT, Requests.text("?")));
        Eventually.holds("both run", () -> {
            server.allowStep();
            return server.snapshot().running() == 2;
        });
        server.close();
        server = new ScriptedServer("a blue box", HttpLimits.DEFAULT, ScriptedServer.MODEL, Optional.of(folder));
        server.allowAllSteps();
        JsonNode end = ended(batch);
        assertThat(lines(end, "output_file_id"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.at("/response/body/choices/0/message/content")
                                .asText())
                        .isEqualTo("a blue box"));
    }

    @Test
    void anOrderIsToldAsOpenAiTellsIt() {
        String file = upload(line("a", CHAT, Requests.text("?")), "batch");
        ObjectNode order = order(file, CHAT);
        order.putObject("metadata").put("for", "me");
        JsonNode batch = Golden.parse(server.post("/v1/batches", order).asString());
        assertThat(batch.path("id").asText()).matches("batch_[0-9a-f]{32}");
        assertThat(batch.path("object").asText()).isEqualTo("batch");
        assertThat(batch.path("endpoint").asText()).isEqualTo(CHAT);
        assertThat(batch.path("input_file_id").asText()).isEqualTo(file);
        assertThat(batch.path("completion_window").asText()).isEqualTo("24h");
        assertThat(batch.path("status").asText()).isEqualTo("validating");
        assertThat(batch.path("expires_at").asLong())
                .isEqualTo(batch.path("created_at").asLong() + 86_400);
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":0,\"completed\":0,\"failed\":0}");
        assertThat(batch.at("/metadata/for").asText()).isEqualTo("me");
        for (String member : List.of(
                "errors",
                "output_file_id",
                "error_file_id",
                "in_progress_at",
                "finalizing_at",
                "completed_at",
                "failed_at",
                "expired_at",
                "cancelling_at",
                "cancelled_at")) {
            assertThat(batch.has(member)).as(member).isTrue();
            assertThat(batch.path(member).isNull()).as(member).isTrue();
        }
    }

    @Test
    void theListIsPaged() {
        String one = start(CHAT, line("a", CHAT, Requests.text("?")));
        String two = start(CHAT, line("a", CHAT, Requests.text("?")));
        Response first = server.get("/v1/batches?limit=1");
        assertThat(first.jsonPath().<String>getList("data.id")).containsExactly(two);
        assertThat((boolean) first.path("has_more")).isTrue();
        Response second = server.get("/v1/batches?limit=1&after=" + two);
        assertThat(second.jsonPath().<String>getList("data.id")).containsExactly(one);
        assertThat((boolean) second.path("has_more")).isFalse();
        ErrorAnswer.is(server.get("/v1/batches?limit=101"), 400, "integer_out_of_range", "limit");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "input_file_id        |                          | missing_required_parameter | input_file_id",
                "input_file_id        | 7                        | invalid_type               | input_file_id",
                "input_file_id        | \"file-none\"            | invalid_value              | input_file_id",
                "endpoint             | \"/v1/moderations\"      | invalid_value              | endpoint",
                "completion_window    | \"1h\"                   | invalid_value              | completion_window",
                "completion_window    |                          | missing_required_parameter | completion_window",
                "metadata             | {\"a\":1}                | invalid_type               | metadata.a",
                "metadata             | []                       | invalid_type               | metadata",
                "output_expires_after | {\"anchor\":\"created_at\",\"seconds\":1} | integer_out_of_range | output_expires_after.seconds",
                "colour               | \"red\"                  | unknown_parameter          | colour",
            })
    void aBadOrderIsNamed(String member, String value, String code, String param) {
        ObjectNode order = order(upload("{}", "batch"), CHAT);
        order.set(member, value == null ? null : Golden.parse(value));
        ErrorAnswer.is(server.post("/v1/batches", order), 400, code, param);
    }

    @Test
    void aFileOfAnotherPurposeIsNoInput() {
        ErrorAnswer.is(
                server.post("/v1/batches", order(upload("{}", "user_data"), CHAT)),
                400,
                "invalid_value",
                "input_file_id");
    }

    @Test
    void whatIsNotThereIsSaid() {
        ErrorAnswer.is(server.get("/v1/batches/batch_none"), 404, "not_found", "");
        ErrorAnswer.is(server.post("/v1/batches/batch_none/cancel", ""), 404, "not_found", "");
    }
}
