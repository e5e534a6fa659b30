package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ErrandBookTest {

    private static final HttpText HTTP = new HttpText("a:1", Map.of("Authorization", "Bearer k"));

    private static ErrandBook book(int pictures, long seed) {
        return new ErrandBook(HTTP, "m", 2048, new ChaosPlan(Duration.ofSeconds(1), 1, pictures, 0, 0.4, 0.25, seed));
    }

    private static List<String> errands(ErrandBook book, int count) {
        List<String> errands = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Errand errand = book.next();
            errands.add(errand.manner() + new String(errand.request(), StandardCharsets.ISO_8859_1));
        }
        return errands;
    }

    @Test
    void equalSeedsDrawEqualErrands() {
        assertThat(errands(book(50, 3), 40)).isEqualTo(errands(book(50, 3), 40));
        assertThat(errands(book(50, 3), 40)).isNotEqualTo(errands(book(50, 4), 40));
    }

    @Test
    void everyMannerComesAndEveryPictureIsShown() {
        ErrandBook book = book(20, 1);
        Map<Manner, Integer> counts = new EnumMap<>(Manner.class);
        for (int i = 0; i < 400; i++) {
            counts.merge(book.next().manner(), 1, Integer::sum);
        }
        assertThat(counts.keySet())
                .containsExactlyInAnyOrder(
                        Manner.READS,
                        Manner.READS_SLOWLY,
                        Manner.LEAVES_STREAM,
                        Manner.LEAVES_AT_ONCE,
                        Manner.SENDS_HALF,
                        Manner.SENDS_NONSENSE);
        assertThat(book.shown()).isEqualTo(20);
    }

    @Test
    void requestsAreWholeHttp() {
        String request = new String(HTTP.chat("{}"), StandardCharsets.US_ASCII);
        assertThat(request)
                .isEqualTo("POST /v1/chat/completions HTTP/1.1\r\nHost: a:1\r\nAuthorization: Bearer k\r\n"
                        + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
        assertThat(new String(HTTP.get("/metrics"), StandardCharsets.US_ASCII))
                .isEqualTo("GET /metrics HTTP/1.1\r\nHost: a:1\r\nAuthorization: Bearer k\r\n\r\n");
    }
}
