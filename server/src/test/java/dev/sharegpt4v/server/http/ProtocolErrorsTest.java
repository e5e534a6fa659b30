package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What never reaches an endpoint, or breaks off under it. */
@Timeout(60) // Only to end a hang.
final class ProtocolErrorsTest {

    private static final String CHAT = "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n";
    private static final String JSON = "Content-Type: application/json\r\n";
    private static final ScriptedServer SERVER = open();

    private static ScriptedServer open() {
        HttpLimits limits = new HttpLimits(100_000, 20, 512, 2, HttpLimits.DEFAULT.image(), Duration.ofSeconds(5));
        ScriptedServer server = new ScriptedServer("a red circle", limits);
        server.allowAllSteps();
        return server;
    }

    private String before = "";

    @BeforeEach
    void count() {
        before = SERVER.metrics();
    }

    @AfterEach
    void theServerServesOn() {
        assertThat(SERVER.chat(Requests.text("?")).statusCode()).isEqualTo(200);
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @Test
    void aDeclaredGigabyteIsRefusedBeforeItIsSent() throws IOException, InterruptedException {
        String answer = exchange(CHAT + JSON + "Content-Length: 1000000000\r\n\r\n");
        isError(answer, 413, "request_too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "multipart/form-data; boundary=x"})
    void aDeclaredGigabyteIsRefusedWhateverItsType(String type) throws IOException, InterruptedException {
        String head = "POST /v1/captions HTTP/1.1\r\nHost: localhost\r\nContent-Type: " + type + "\r\n";
        isError(exchange(head + "Content-Length: 1000000000\r\n\r\n"), 413, "request_too_large");
    }

    @Test
    void aBodyThatGrowsBeyondTheLimitIsRefusedOnTheWay() throws IOException, InterruptedException {
        StringBuilder request = new StringBuilder(CHAT + JSON + "Transfer-Encoding: chunked\r\n\r\n");
        for (int i = 0; i < 11; i++) {
            request.append("2710\r\n").append(" ".repeat(10_000)).append("\r\n");
        }
        isError(exchange(request.toString()), 413, "request_too_large");
    }

    @Test
    void aChunkOfAGigabyteIsRefusedBeforeItIsSent() throws IOException, InterruptedException {
        isError(exchange(CHAT + JSON + "Transfer-Encoding: chunked\r\n\r\n40000000\r\n"), 413, "request_too_large");
    }

    @Test
    void aBodyInChunksIsServed() throws IOException {
        String body = Requests.text("?").toString();
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send(CHAT + JSON + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length()) + "\r\n"
                    + body + "\r\n0\r\n\r\n");
            assertThat(client.readUntil("\"system_fingerprint\"")).startsWith("HTTP/1.1 200");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GET /v1/models/%zz HTTP/1.1~Host: a~~                                              | 400",
                "GET /v1/mo dels HTTP/1.1~Host: a~~                                                 | 400",
                "GET /v1/models HTTP/1.1~~                                                          | 400",
                "GET /v1/models HTTP/1.1~Host: a~Host: b~~                                          | 400",
                "GET /v1/models HTTP/1.1~Host: a~no colon~~                                         | 400",
                "G(T /v1/models HTTP/1.1~Host: a~~                                                  | 400",
                "POST /v1/captions HTTP/1.1~Host: a~Content-Length: -5~~                            | 400",
                "POST /v1/captions HTTP/1.1~Host: a~Content-Length: x~~                             | 400",
                "POST /v1/captions HTTP/1.1~Host: a~Content-Length: 5~Transfer-Encoding: chunked~~  | 400",
                "POST /v1/captions HTTP/1.1~Host: a~Transfer-Encoding: magic~~                      | 400",
            })
    void aMalformedRequestIsToldSo(String request, int status) throws IOException, InterruptedException {
        isError(exchange(request.replace("~", "\r\n")), status, "bad_request");
    }

    @Test
    void aChunkWithoutASizeIsMalformed() throws IOException, InterruptedException {
        isError(exchange(CHAT + JSON + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n"), 400, "incomplete_body");
    }

    @Test
    void headersWithoutEndAreRefused() throws IOException, InterruptedException {
        isError(
                exchange("GET /v1/models HTTP/1.1\r\nHost: a\r\nX-Long: " + "x".repeat(40_000) + "\r\n\r\n"),
                400,
                "bad_request");
    }

    @Test
    void anOverlongPathIsRefused() throws IOException, InterruptedException {
        isError(exchange("GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"), 414, "uri_too_long");
    }

    @Test
    void anOldVersionOfHttpIsToldSo() throws IOException, InterruptedException {
        isError(exchange("GET /v1/models HTTP/1.0\r\n\r\n"), 505, "http_version_not_supported");
    }

    @Test
    void aMethodThatNobodyKnowsIsNotAllowed() throws IOException, InterruptedException {
        String answer = exchange("BREW /v1/models HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        isError(answer, 405, "method_not_allowed");
        assertThat(answer).containsIgnoringCase("allow: GET");
    }

    @Test
    void whatIsNoHttpEndsTheConnectionAndNothingElse() throws IOException {
        byte[] noise = new byte[5_000];
        new Random(7).nextBytes(noise);
        noise[4_999] = '\n';
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send(noise);
            client.endOutput();
            ErrorAnswer.leaksNothing(client.readAll());
        }
        // As when a browser speaks TLS to it.
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send(new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, '\n'});
            client.endOutput();
            ErrorAnswer.leaksNothing(client.readAll());
        }
    }

    @Test
    void aBodyThatBreaksOffIsNoRequest() throws IOException, InterruptedException {
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send(CHAT + JSON + "Content-Length: 500\r\n\r\n{\"messages\":");
            client.endOutput();
            isError(client.readAll(), 400, "incomplete_body");
        }
        assertThat(SERVER.snapshot().running()).isZero();
    }

    @Test
    void aFormUrlencodedBodyIsOfTheWrongType() throws IOException, InterruptedException {
        String answer = exchange(CHAT + "Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 3\r\n\r\na=b");
        isError(answer, 415, "unsupported_media_type");
    }

    @Test
    void theBodyOfARefusedRequestIsNotTakenForTheNextRequest() throws IOException, InterruptedException {
        String hidden = "GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n";
        String answer = exchange(CHAT + JSON + "Content-Length: 200000\r\n\r\n" + hidden + "x".repeat(150_000));
        isError(answer, 413, "request_too_large");
        assertThat(answer).doesNotContain("live");
    }

    private static String exchange(String request) throws IOException {
        try (RawClient client = new RawClient(SERVER.port())) {
            client.send(request);
            return client.readAll();
        }
    }

    private static int total(String metrics, String name, String label) {
        return metrics.lines()
                .filter(line -> line.startsWith("sharegpt4v_" + name + "_total{") && line.contains(label))
                .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    private void isError(String answer, int status, String code) throws InterruptedException {
        assertThat(answer)
                .startsWith("HTTP/1.1 " + status + " ")
                .containsIgnoringCase("content-type: application/json")
                .containsIgnoringCase("x-request-id: req_");
        ErrorAnswer.is(answer.substring(answer.indexOf("\r\n\r\n") + 4), code, "");
        isCounted("requests_rejected", "reason=\"" + code + "\"");
        isCounted("http_responses", "status=\"" + status + "\"");
    }

    private void isCounted(String name, String label) throws InterruptedException {
        // An answer is counted when all of it is written.
        int expected = total(before, name, label) + 1;
        Eventually.holds(label, () -> total(SERVER.metrics(), name, label) >= expected);
        assertThat(total(SERVER.metrics(), name, label)).isEqualTo(expected);
    }
}
