package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages for people as a browser gets them; server/src/test/browser uses them. */
final class ConsoleTest {

    private static final ScriptedServer SERVER = new ScriptedServer("a red circle");
    private static final ScriptedServer LOCKED = new ScriptedServer(
            "a red circle",
            HttpLimits.DEFAULT,
            Protection.DEFAULT.withKeys(new KeyRing(List.of(ApiKey.of("page", "sk-page")), System::nanoTime)));
    private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"(console/[^\"]+)\"|from '\\./([^']+)'");

    @AfterAll
    static void close() {
        SERVER.close();
        LOCKED.close();
    }

    private static Set<String> paths() {
        return new Console().paths();
    }

    @ParameterizedTest
    @CsvSource({
        "/,                    text/html",
        "/status,              text/html",
        "/console/console.css, text/css",
        "/console/console.js,  text/javascript",
        "/console/status.js,   text/javascript",
    })
    void eachFileHasItsType(String path, String type) {
        Response answer = SERVER.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.contentType()).isEqualTo(type + "; charset=utf-8");
        assertThat(answer.asString()).isNotBlank();
    }

    @Test
    void everyFileIsProtectedInTheBrowser() {
        for (String path : paths()) {
            Response answer = SERVER.get(path);
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                    .doesNotContain("unsafe", "http", "*");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
            assertThat(answer.header("Cross-Origin-Resource-Policy")).isEqualTo("same-origin");
            assertThat(answer.header("Permissions-Policy")).contains("camera=()");
            assertThat(answer.headers().getValues("Content-Security-Policy")).hasSize(1);
            assertThat(answer.headers().getValues("Cache-Control")).containsExactly("no-cache");
        }
    }

    @Test
    void whatTheBrowserHasIsNotSentAgain() {
        for (String path : paths()) {
            String tag = SERVER.get(path).header("ETag");
            assertThat(tag).matches("\"[0-9a-f]{24}\"");
            for (String kept : List.of(tag, "W/" + tag, "\"other\", " + tag, "*")) {
                Response answer = ask(path, kept);
                assertThat(answer.statusCode()).as(kept).isEqualTo(304);
                assertThat(answer.asByteArray()).isEmpty();
                assertThat(answer.header("ETag")).isEqualTo(tag);
                assertThat(answer.header("Cache-Control")).isEqualTo("no-cache");
                assertThat(answer.header("Content-Security-Policy")).contains("script-src 'self'");
            }
            assertThat(ask(path, "\"other\"").statusCode()).isEqualTo(200);
        }
    }

    private static Response ask(String path, String kept) {
        return RestAssured.given()
                .spec(SERVER.spec())
                .header("If-None-Match", kept)
                .get(path);
    }

    @Test
    void aConnectionGoesOnAfterHeadAndAfterWhatWasKept() throws IOException {
        String tag = SERVER.get("/").header("ETag");
        int length = SERVER.get("/").asByteArray().length;
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 ")
                    .containsIgnoringCase("content-length: " + length)
                    .containsIgnoringCase("etag: " + tag);
            client.send("GET / HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + tag + "\r\n\r\n");
            assertThat(client.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 304 ");
            client.send("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readUntil("\"live\"")).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void noFileNamesAnotherHostAndNothingIsInline() {
        for (String path : paths()) {
            String text = SERVER.get(path).asString();
            assertThat(text.replace("http://www.w3.org/2000/svg", ""))
                    .as(path)
                    .doesNotContainPattern("https?://")
                    .doesNotContainPattern("[\"'(]//[a-z]")
                    .doesNotContain("@import");
            if (path.endsWith(".js")) {
                assertThat(text)
                        .as(path)
                        .doesNotContainPattern("innerHTML|outerHTML|insertAdjacent|eval\\(|Function\\(");
            } else {
                assertThat(text)
                        .as(path)
                        .doesNotContainPattern("\\son[a-z]+=|style=|<style|<script(?! type=\"module\" src)");
            }
        }
    }

    @Test
    void eachPageReachesItsFilesAndIsSmall() {
        Set<String> reached = new TreeSet<>();
        for (String page : List.of("/", "/status")) {
            Set<String> files = new TreeSet<>(Set.of(page));
            follow(page, files);
            assertThat(files.stream()
                            .mapToInt(file -> SERVER.get(file).asByteArray().length)
                            .sum())
                    .isLessThan(60_000);
            reached.addAll(files);
        }
        assertThat(reached).isEqualTo(new TreeSet<>(paths()));
    }

    private static void follow(String path, Set<String> files) {
        Matcher references = REFERENCE.matcher(SERVER.get(path).asString());
        while (references.find()) {
            String file = references.group(1) != null ? "/" + references.group(1) : "/console/" + references.group(2);
            if (files.add(file)) {
                follow(file, files);
            }
        }
    }

    @Test
    void thePagesNeedNoKeyAndWhatTheyAskForDoes() {
        for (String path : paths()) {
            assertThat(LOCKED.get(path).statusCode()).as(path).isEqualTo(200);
        }
        for (String path : List.of("/v1/models", "/console/x.js", "/console/../v1/models", "/statu")) {
            assertThat(LOCKED.get(path).statusCode()).as(path).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/console/nothing.js", "/console/index.html", "/console/..%2Fopenapi.json", "/console"})
    void thereAreNoOtherFiles(String path) {
        Response answer = RestAssured.given()
                .spec(SERVER.spec())
                .urlEncodingEnabled(false)
                .get(path);
        ErrorAnswer.is(answer, 404, "not_found", "");
        assertThat(answer.header("Content-Security-Policy")).contains("default-src 'none'");
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    }

    @Test
    void otherMethodsAreToldTheRightOnes() {
        Response answer = SERVER.post("/", "{}");
        ErrorAnswer.is(answer, 405, "method_not_allowed", "");
        assertThat(answer.header("Allow")).isEqualTo("GET, HEAD");
    }

    @Test
    void anOperatorMaySwitchThePagesOff() {
        try (ScriptedServer without =
                new ScriptedServer("a", HttpLimits.DEFAULT, Protection.DEFAULT.withoutConsole())) {
            for (String path : paths()) {
                ErrorAnswer.is(without.get(path), 404, "not_found", "");
            }
            assertThat(without.get("/v1/models").statusCode()).isEqualTo(200);
        }
    }
}
