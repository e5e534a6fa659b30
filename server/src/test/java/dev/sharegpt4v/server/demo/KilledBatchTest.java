package dev.sharegpt4v.server.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sharegpt4v.server.testing.Eventually;
import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed in the middle of a batch, and started again; in processes of its own. */
@Timeout(180) // Only to end a hang.
final class KilledBatchTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String CHAT = "/v1/chat/completions";
    private static final int LINES = 200;

    @TempDir
    private static Path folder;

    @Test
    void everyLineIsAnsweredOnceInItsPlaceThoughTheServerWasKilledHalfWay() throws Exception {
        DemoServer.convert(folder.resolve("package"));
        String batch;
        try (Start first = serve()) {
            RequestSpecification server = server(first);
            batch = order(server, upload(server));
            Eventually.holds("half of the lines are answered", () -> completed(server, batch) >= LINES / 2);
        }
        // Every answer that counted is in the journal, the last one perhaps cut off by the kill.
        Path journal = folder.resolve("data/batches/" + batch + "/answers.journal");
        int before = (int) Files.readString(journal).lines().count();
        assertThat(before).isBetween(LINES / 2, LINES - 1);
        Files.writeString(
                journal, Files.readString(journal) + "0badc0de 3 o 1 2 3 {\"id\":\"batch_re", StandardCharsets.UTF_8);

        try (Start second = serve()) {
            RequestSpecification server = server(second);
            assertThat(completed(server, batch)).isGreaterThanOrEqualTo(0);
            Eventually.holds(
                    "the batch is completed",
                    () -> get(server, "/v1/batches/" + batch)
                            .path("status")
                            .asText()
                            .equals("completed"));
            check(server, get(server, "/v1/batches/" + batch));
            assertThat(answeredBySecond(server)).isLessThanOrEqualTo(LINES - before + 1);
        }
        assertThat(journal).doesNotExist();
    }

    private static void check(RequestSpecification server, JsonNode batch) throws IOException {
        assertThat(batch.path("request_counts").toString()).isEqualTo("{\"total\":200,\"completed\":200,\"failed\":0}");
        assertThat(batch.path("error_file_id").isNull()).isTrue();
        List<String> ids = new ArrayList<>();
        Set<String> own = new HashSet<>();
        String output = RestAssured.given()
                .spec(server)
                .get("/v1/files/" + batch.path("output_file_id").asText() + "/content")
                .asString();
        for (String line : output.lines().toList()) {
            JsonNode answer = JSON.readTree(line);
            ids.add(answer.path("custom_id").asText());
            own.add(answer.path("id").asText());
            assertThat(answer.at("/response/status_code").asInt()).isEqualTo(200);
            assertThat(answer.at("/response/body/object").asText()).isEqualTo("chat.completion");
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < LINES; i++) {
            expected.add(id(i));
        }
        assertThat(ids).isEqualTo(expected);
        assertThat(own).hasSize(LINES);
    }

    private static double answeredBySecond(RequestSpecification server) {
        return RestAssured.given()
                .spec(server)
                .get("/metrics")
                .asString()
                .lines()
                .filter(line -> line.startsWith("sharegpt4v_requests_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
                .sum();
    }

    private static Start serve() throws IOException {
        return Start.of(
                folder.resolve("home"),
                folder.resolve("cache"),
                List.of(),
                "serve",
                "--model",
                folder.resolve("package").toString(),
                "--port",
                "0",
                "--threads",
                "1",
                "--kv-cache-mb",
                "64",
                "--data-dir",
                folder.resolve("data").toString());
    }

    private static RequestSpecification server(Start start) {
        return RestAssured.given().baseUri(start.awaitUrl());
    }

    private static String id(int line) {
        return "request-" + (line * 7919 % 1000);
    }

    private static String upload(RequestSpecification server) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LINES; i++) {
            ObjectNode line = JSON.createObjectNode();
            line.put("custom_id", id(i)).put("method", "POST").put("url", CHAT);
            ObjectNode body =
                    line.putObject("body").put("max_tokens", 1 + i % 3).put("temperature", 0);
            body.putArray("messages").addObject().put("role", "user").put("content", "How many objects? " + i);
            lines.append(line).append('\n');
        }
        return RestAssured.given()
                .spec(server)
                .multiPart("file", "a.jsonl", lines.toString().getBytes(StandardCharsets.UTF_8), "application/jsonl")
                .multiPart("purpose", "batch")
                .post("/v1/files")
                .path("id");
    }

    private static String order(RequestSpecification server, String file) {
        return RestAssured.given()
                .spec(server)
                .contentType("application/json")
                .body(JSON.createObjectNode()
                        .put("input_file_id", file)
                        .put("endpoint", CHAT)
                        .put("completion_window", "24h")
                        .toString())
                .post("/v1/batches")
                .path("id");
    }

    private static int completed(RequestSpecification server, String batch) {
        return get(server, "/v1/batches/" + batch)
                .at("/request_counts/completed")
                .asInt();
    }

    private static JsonNode get(RequestSpecification server, String path) {
        try {
            return JSON.readTree(RestAssured.given().spec(server).get(path).asString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
