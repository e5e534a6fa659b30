package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.models.image.ImageLimits;
import dev.sharegpt4v.server.testing.ErrorAnswer;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60) // Only to end a hang.
final class ChangedLimitsTest {

    private static final String CHAT = "/v1/chat/completions";

    private final ScriptedServer server = new ScriptedServer("a red circle", HttpLimits.DEFAULT);

    @AfterEach
    void close() {
        server.close();
    }

    private static HttpLimits limits(int images, int concurrent, ImageLimits image, Deadlines deadlines) {
        HttpLimits usual = HttpLimits.DEFAULT;
        return new HttpLimits(
                1,
                images,
                concurrent,
                1,
                image,
                usual.pingInterval(),
                Duration.ofSeconds(1),
                deadlines,
                usual.admission());
    }

    private static HttpLimits concurrent(int most) {
        return limits(20, most, ImageLimits.DEFAULT, Deadlines.NONE);
    }

    @Test
    void aLimitOfPicturesHoldsForTheNextRequest() {
        server.allowAllSteps();
        String picture = Pictures.dataUri(Pictures.png(1));
        assertThat(server.chat(Requests.about("?", picture, picture)).statusCode())
                .isEqualTo(200);
        server.frontend().limit(limits(1, 512, ImageLimits.DEFAULT, Deadlines.NONE));
        assertThat((String) server.chat(Requests.about("?", picture, picture)).path("error.code"))
                .isEqualTo("too_many_images");
        ImageLimits tiny = new ImageLimits(ImageLimits.DEFAULT.maxBytes(), 1, ImageLimits.DEFAULT.maxSide());
        server.frontend().limit(limits(20, 512, tiny, Deadlines.NONE));
        assertThat((String) server.chat(Requests.about("?", Pictures.dataUri(Pictures.png(2))))
                        .path("error.code"))
                .isEqualTo("image_too_large");
        server.frontend().limit(HttpLimits.DEFAULT);
        assertThat(server.chat(Requests.about("?", picture, picture)).statusCode())
                .isEqualTo(200);
    }

    @Test
    void fewerPlacesLetThoseWhoAreInEnd() throws Exception {
        try (RawClient one = new RawClient(server.port());
                RawClient two = new RawClient(server.port())) {
            one.post(CHAT, Requests.text("?").toString());
            two.post(CHAT, Requests.text("?").toString());
            Eventually.holds("both are in", () -> server.metrics().contains("sharegpt4v_http_requests_admitted 2"));
            server.frontend().limit(concurrent(1));
            ErrorAnswer.is(server.chat(Requests.text("?")), 429, "queue_full", "");
            server.allowAllSteps();
            assertThat(one.readUntil("fp_test")).contains("a red circle");
            assertThat(two.readUntil("fp_test")).contains("a red circle");
        }
        Eventually.holds(
                "a place is free", () -> server.chat(Requests.text("?")).statusCode() == 200);
        assertThat(server.metrics()).contains("sharegpt4v_http_requests_admitted 0.0");
    }

    @Test
    void aServerWithoutPlacesToSpareGetsMore() throws Exception {
        server.frontend().limit(concurrent(1));
        try (RawClient one = new RawClient(server.port())) {
            one.post(CHAT, Requests.text("?").toString());
            Eventually.holds(
                    "it is in",
                    () -> server.snapshot().running() + server.snapshot().waiting() == 1);
            ErrorAnswer.is(server.chat(Requests.text("?")), 429, "queue_full", "");
            server.frontend().limit(concurrent(2));
            server.allowAllSteps();
            assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void deadlinesHoldForTheNextRequest() {
        Deadlines none = new Deadlines(Optional.empty(), Optional.of(Duration.ofNanos(1)));
        server.allowAllSteps();
        server.frontend().limit(limits(20, 512, ImageLimits.DEFAULT, none));
        ErrorAnswer.is(server.chat(Requests.text("?")), 503, "timeout", "");
        server.frontend().limit(HttpLimits.DEFAULT);
        assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(200);
    }

    @Test
    void whatCannotChangeStays() {
        server.allowAllSteps();
        // Bodies of one byte: bounded by what the server was started with.
        server.frontend().limit(concurrent(3));
        assertThat(server.chat(Requests.text("?")).statusCode()).isEqualTo(200);
        assertThat(HttpLimits.DEFAULT.changedTo(concurrent(3)).maxBodyBytes())
                .isEqualTo(HttpLimits.DEFAULT.maxBodyBytes());
        assertThat(HttpLimits.DEFAULT.changedTo(concurrent(3)).writeTimeout())
                .isEqualTo(HttpLimits.DEFAULT.writeTimeout());
    }
}
