package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FilesTest {

    private static ScriptedServer server;

    @BeforeAll
    static void serve(@TempDir Path folder) {
        server = new ScriptedServer("a red circle", HttpLimits.DEFAULT, ScriptedServer.MODEL, Optional.of(folder));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static RequestSpecification form() {
        return RestAssured.given().spec(server.spec());
    }

    private static RequestSpecification form(String content) {
        return form().multiPart("file", "a.jsonl", content.getBytes(StandardCharsets.UTF_8), "application/jsonl");
    }

    private static Response upload(String content, String purpose) {
        return form(content).multiPart("purpose", purpose).post("/v1/files");
    }

    private static String id(Response answer) {
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("id");
    }

    @Test
    void anUploadedFileIsDescribedAndGivenBackAsItWas() {
        String content = "{\"a\": \"é\"}\n\u0000\r\n";
        Response answer = upload(content, "user_data");
        String id = id(answer);

        assertThat(id).matches("file-[0-9a-f]{32}");
        assertThat((String) answer.path("object")).isEqualTo("file");
        assertThat((int) answer.path("bytes")).isEqualTo(content.getBytes(StandardCharsets.UTF_8).length);
        assertThat((String) answer.path("filename")).isEqualTo("a.jsonl");
        assertThat((String) answer.path("purpose")).isEqualTo("user_data");
        assertThat((String) answer.path("status")).isEqualTo("processed");
        assertThat(answer.jsonPath().getMap("")).doesNotContainKey("expires_at");
        assertThat(server.get("/v1/files/" + id).asString()).isEqualTo(answer.asString());
        Response back = server.get("/v1/files/" + id + "/content");
        assertThat(back.asByteArray()).isEqualTo(content.getBytes(StandardCharsets.UTF_8));
        assertThat(back.header("Content-Disposition")).isEqualTo("attachment; filename=\"a.jsonl\"");
    }

    @Test
    void aFileOfManyBuffersIsGivenBackAsItWas() {
        String content = "0123456789".repeat(50_000);
        String id = id(upload(content, "vision"));
        assertThat(server.get("/v1/files/" + id + "/content").asString()).isEqualTo(content);
        RestAssured.given().spec(server.spec()).delete("/v1/files/" + id);
    }

    @Test
    void anEmptyFileIsAFile() {
        String id = id(upload("", "user_data"));
        assertThat(server.get("/v1/files/" + id + "/content").statusCode()).isEqualTo(200);
        assertThat(server.get("/v1/files/" + id + "/content").asByteArray()).isEmpty();
    }

    @Test
    void filesOfBatchesExpireAfterThirtyDaysAndOthersWhenAskedTo() {
        Response batch = upload("{}", "batch");
        int created = batch.path("created_at");
        assertThat((int) batch.path("expires_at")).isEqualTo(created + 2_592_000);
        Response asked = form("{}")
                .multiPart("purpose", "user_data")
                .multiPart("expires_after[anchor]", "created_at")
                .multiPart("expires_after[seconds]", "3600")
                .post("/v1/files");
        int askedAt = asked.path("created_at");
        assertThat((int) asked.path("expires_at")).isEqualTo(askedAt + 3600);
        Response json = form("{}")
                .multiPart("purpose", "user_data")
                .multiPart("expires_after", "{\"anchor\":\"created_at\",\"seconds\":7200}")
                .post("/v1/files");
        int jsonAt = json.path("created_at");
        assertThat((int) json.path("expires_at")).isEqualTo(jsonAt + 7200);
    }

    @Test
    void theListIsPagedLatestFirstOrAsAsked() {
        String one = id(upload("1", "evals"));
        String two = id(upload("2", "evals"));
        String three = id(upload("3", "evals"));

        Response first = server.get("/v1/files?purpose=evals&limit=2");
        assertThat(first.jsonPath().<String>getList("data.id")).containsExactly(three, two);
        assertThat((boolean) first.path("has_more")).isTrue();
        assertThat((String) first.path("first_id")).isEqualTo(three);
        assertThat((String) first.path("last_id")).isEqualTo(two);
        Response second = server.get("/v1/files?purpose=evals&limit=2&after=" + two);
        assertThat(second.jsonPath().<String>getList("data.id")).containsExactly(one);
        assertThat((boolean) second.path("has_more")).isFalse();
        assertThat(server.get("/v1/files?purpose=evals&order=asc").jsonPath().<String>getList("data.id"))
                .containsExactly(one, two, three);
        Response none = server.get("/v1/files?purpose=fine-tune");
        assertThat(none.jsonPath().getList("data")).isEmpty();
        assertThat(none.jsonPath().getString("first_id")).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, integer_out_of_range, limit",
        "limit=10001, integer_out_of_range, limit",
        "limit=x, invalid_type, limit",
        "order=up, invalid_value, order",
        "after=file-none, invalid_value, after",
    })
    void aBadPageIsNamed(String query, String code, String param) {
        ErrorAnswer.is(server.get("/v1/files?" + query), 400, code, param);
    }

    @Test
    void aDeletedFileIsGone() {
        String id = id(upload("x", "user_data"));
        Response answer = RestAssured.given().spec(server.spec()).delete("/v1/files/" + id);
        assertThat(answer.asString()).isEqualTo("{\"id\":\"" + id + "\",\"object\":\"file\",\"deleted\":true}");
        for (String path : List.of("", "/content")) {
            ErrorAnswer.is(server.get("/v1/files/" + id + path), 404, "not_found", "");
        }
        ErrorAnswer.is(RestAssured.given().spec(server.spec()).delete("/v1/files/" + id), 404, "not_found", "");
    }

    @Test
    void pathsAreNoIds() {
        for (String id : List.of("..", "%2e%2e", "..%2f..%2fetc%2fpasswd", "file-1.json", ".lock")) {
            Response answer = RestAssured.given()
                    .spec(server.spec())
                    .urlEncodingEnabled(false)
                    .get("/v1/files/" + id + "/content");
            assertThat(answer.statusCode()).as(id).isIn(400, 404);
        }
    }

    @Test
    void aNameIsTheLastPartOfItsPathWithoutControls() {
        Response answer = form().multiPart("file", "../../etc/x\u0007.jsonl", new byte[1], "text/plain")
                .multiPart("purpose", "user_data")
                .post("/v1/files");
        assertThat((String) answer.path("filename"))
                .startsWith("x")
                .endsWith(".jsonl")
                .doesNotContain("\u0007");
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "purpose                | homework | invalid_value      | purpose",
                "colour                 | red      | unknown_parameter  | colour",
                "expires_after[seconds] | 3600     | invalid_value      | expires_after.anchor",
                "expires_after          | {        | invalid_type       | expires_after",
                "expires_after          | []       | invalid_type       | expires_after",
                "file                   | words    | invalid_type       | file",
            })
    void aBadFieldIsNamed(String field, String value, String code, String param) {
        RequestSpecification form = form("x").multiPart(field, value);
        if (!field.equals("purpose")) {
            form.multiPart("purpose", "batch");
        }
        ErrorAnswer.is(form.post("/v1/files"), 400, code, param);
    }

    @Test
    void aFieldThatIsMissingIsNamed() {
        ErrorAnswer.is(form("x").post("/v1/files"), 400, "missing_required_parameter", "purpose");
        ErrorAnswer.is(
                form().multiPart("purpose", "batch").post("/v1/files"), 400, "missing_required_parameter", "file");
        ErrorAnswer.is(server.post("/v1/files", "{}"), 415, "unsupported_media_type", "");
    }

    @Test
    void secondsOutsideOfTheirRangeAreRefused() {
        ErrorAnswer.is(
                form("x")
                        .multiPart("purpose", "batch")
                        .multiPart("expires_after[anchor]", "created_at")
                        .multiPart("expires_after[seconds]", "3599")
                        .post("/v1/files"),
                400,
                "integer_out_of_range",
                "expires_after.seconds");
    }

    @Test
    void moreThanTheLimitOfAllFilesIsRefusedAndLeavesNothing() {
        int before = server.get("/v1/files").jsonPath().getList("data").size();
        Response answer = upload("x".repeat(1 << 20), "user_data");
        assertThat(answer.statusCode()).isEqualTo(507);
        assertThat((String) answer.path("error.code")).isEqualTo("storage_full");
        assertThat((String) answer.path("error.type")).isEqualTo("server_error");
        assertThat(server.get("/v1/files").jsonPath().getList("data")).hasSize(before);
        assertThat(server.metrics()).contains("sharegpt4v_stored_files_bytes");
    }

    @Test
    void aMethodThatAFileHasNotIsNamed() {
        Response answer = RestAssured.given().spec(server.spec()).put("/v1/files/file-1");
        ErrorAnswer.is(answer, 405, "method_not_allowed", "");
        assertThat(answer.header("Allow").split(", ", -1)).containsExactlyInAnyOrder("GET", "HEAD", "DELETE");
    }

    @Test
    void aServerWithoutAFolderSaysSo() {
        try (ScriptedServer without = new ScriptedServer("x")) {
            for (String path : List.of(
                    "/v1/files", "/v1/files/file-1", "/v1/files/file-1/content", "/v1/batches", "/v1/batches/b")) {
                ErrorAnswer.is(without.get(path), 404, "batches_disabled", "");
            }
            ErrorAnswer.is(without.post("/v1/batches", "{}"), 404, "batches_disabled", "");
        }
    }
}
