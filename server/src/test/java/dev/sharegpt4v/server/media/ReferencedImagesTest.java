package dev.sharegpt4v.server.media;

import static dev.sharegpt4v.server.media.FakeNetwork.HOST;
import static dev.sharegpt4v.server.media.FakeNetwork.PUBLIC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Golden;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.RawHost;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import io.restassured.response.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images by URL, from a request to its answer. */
@Timeout(60) // Only to end a hang.
final class ReferencedImagesTest {

    private static final String PARAM = "messages[0].content[0].image_url.url";
    private static final CountDownLatch ASKED = new CountDownLatch(1);
    private static final CountDownLatch CLOSED = new CountDownLatch(1);

    @TempDir
    private static Path folder;

    private static RawHost host;
    private static RemoteImages remote;
    private static ScriptedServer server;

    @BeforeAll
    static void start() throws IOException {
        host = RawHost.at(PUBLIC, 0, (head, output) -> {
            if (head.startsWith("GET /page")) {
                output.write(RawHost.response(
                        "200 OK",
                        "Content-Type: image/png\r\n",
                        "<html>secret</html>".getBytes(StandardCharsets.UTF_8)));
            } else if (head.startsWith("GET /never")) {
                dribble(output);
            } else {
                output.write(RawHost.response("200 OK", "Content-Type: text/html\r\n", Pictures.png(1)));
            }
        });
        remote = new FakeNetwork().name(HOST, PUBLIC).images(host.port(), 80, 443);
        Files.write(folder.resolve("a.png"), Pictures.png(2));
        ImageSources sources = new ImageSources(Optional.of(remote), Optional.of(new ImageFolder(folder, 100_000)));
        server = new ScriptedServer("a red circle", HttpLimits.DEFAULT, Protection.DEFAULT.withImages(sources));
        server.allowAllSteps();
    }

    /** A picture that comes byte by byte until nobody takes it. */
    private static void dribble(OutputStream output) throws IOException {
        output.write("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        ASKED.countDown();
        try {
            while (true) {
                output.write(0);
                output.flush();
                LockSupport.parkNanos(10_000_000);
            }
        } finally {
            CLOSED.countDown();
        }
    }

    @AfterAll
    static void close() throws IOException {
        server.close();
        host.close();
    }

    private static String url(String path) {
        return "http://" + HOST + ":" + host.port() + path;
    }

    @Test
    void aChatSeesTheSamePictureByUrlAsByItsBytes() {
        Response byUrl = server.chat(Requests.about("?", url("/a.png")));
        Response byBytes = server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(1))));
        assertThat(byUrl.statusCode()).as(byUrl.asString()).isEqualTo(200);
        // Its blocks are those of the other: the pixels are the same.
        assertThat(Golden.parse(byBytes.asString())
                        .at("/usage/prompt_tokens_details/cached_tokens")
                        .asInt())
                .isPositive();
    }

    @Test
    void aChatAndACaptionTakeAllSourcesBesideEachOther() {
        Response chat = server.chat(Requests.about(
                "?", url("/a.png"), Pictures.dataUri(Pictures.png(3)), "file://" + folder + "/a.png", url("/b.png")));
        assertThat(chat.statusCode()).as(chat.asString()).isEqualTo(200);
        for (String image : List.of(url("/a.png"), "file://" + folder + "/a.png")) {
            Response caption = server.post("/v1/captions", "{\"image\":\"" + image + "\"}");
            assertThat(caption.statusCode()).as(caption.asString()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://good\\@evil/                | invalid_image_url",
                "http://user@pictures.example/      | invalid_image_url",
                "http://2130706433/                 | invalid_image_url",
                "http://0x7f.1/                     | invalid_image_url",
                "http://017700000001/               | invalid_image_url",
                "http://127.1/                      | invalid_image_url",
                "http://[fe80::1%25lo]/             | invalid_image_url",
                "https://                           | invalid_image_url",
                "ftp://pictures.example/            | invalid_image_url",
                "file:/etc/passwd                   | invalid_image_url",
                "file:///etc/passwd                 | image_not_found",
                "http://127.0.0.1/                  | image_host_not_allowed",
                "HTTP://[::ffff:127.0.0.1]/         | image_host_not_allowed",
                "http://127。0。0。1/                 | image_host_not_allowed",
                "http://[64:ff9b::7f00:1]/          | image_host_not_allowed",
                "http://[2002:7f00:1::]/            | image_host_not_allowed",
                "http://169.254.169.254/latest      | image_host_not_allowed",
                "http://pictures.example:22/        | image_host_not_allowed",
                "https://unknown.example/           | image_fetch_failed",
            })
    void aUrlThatLeadsToNoImageIsRefusedByItsReason(String url, String code) {
        ErrorAnswer.is(server.chat(Requests.about("?", url)), 400, code, PARAM);
        Response caption = server.post("/v1/captions", "{\"image\":\"" + url.replace("\\", "\\\\") + "\"}");
        ErrorAnswer.is(caption, 400, code, "image");
    }

    @Test
    void whatIsNoImageIsRefusedAndNotToldWhateverItsLabel() {
        Response answer = server.chat(Requests.about("?", url("/page")));
        ErrorAnswer.is(answer, 400, "unsupported_image_format", PARAM);
        assertThat(answer.asString()).doesNotContain("secret", PUBLIC);
    }

    @Test
    void aClientThatLeavesEndsItsDownload() throws Exception {
        try (RawClient client = new RawClient(server.port())) {
            client.post(
                    "/v1/chat/completions",
                    Requests.about("?", Pictures.dataUri(Pictures.png(4)), url("/never"))
                            .toString());
            ASKED.await();
            assertThat(remote.underWay()).isPositive();
        }
        Eventually.holds("the download has ended", () -> remote.underWay() == 0);
        CLOSED.await();
        for (String held : List.of("http_requests_admitted", "admitted_tokens", "admitted_pixels", "image_downloads")) {
            Eventually.holds(held + " are free", () -> server.metrics().contains("sharegpt4v_" + held + " 0"));
        }
        assertThat(server.snapshot().usedBlocks()).isZero();
        assertThat(server.snapshot().waiting()).isZero();
        assertThat(server.engine().imageBytes()).isZero();
    }
}
