package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.webserver.CloseConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class SendingPaceTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final SendingPace pace = new SendingPace(Duration.ofSeconds(30), clock::get);

    private void seconds(int count) {
        clock.addAndGet(Duration.ofSeconds(count).toNanos());
    }

    @Test
    void aHeadThatComesByteByByteIsCutOff() {
        for (int i = 0; i < 30; i++) {
            seconds(1);
            pace.received(1);
        }
        seconds(1);
        assertThatThrownBy(() -> pace.received(1)).isInstanceOf(CloseConnectionException.class);
    }

    @Test
    void theNextHeadHasItsOwnTimeFromItsFirstByte() {
        pace.headRead();
        pace.bodyRead();
        seconds(1000);
        pace.answered();
        seconds(25);
        pace.received(1);
        seconds(29);
        assertThatCode(() -> pace.received(1)).doesNotThrowAnyException();
        seconds(2);
        assertThatThrownBy(() -> pace.received(1)).isInstanceOf(CloseConnectionException.class);
    }

    @Test
    void aLargeBodyMayTakeTheTimeOfASlowLine() {
        pace.headRead();
        for (int i = 0; i < 1000; i++) {
            seconds(2);
            pace.received(16 << 10);
        }
    }

    @Test
    void aBodyThatComesByteByByteIsAnsweredInTheEnd() {
        pace.headRead();
        seconds(29);
        pace.received(1);
        seconds(2);
        assertThatThrownBy(() -> pace.received(1)).isInstanceOf(SendingPace.TooSlow.class);
    }

    @Test
    void aBodyThatStopsIsAnswered() {
        assertThat(pace.left()).isEqualTo(Duration.ofSeconds(30).toNanos());
        assertThat(pace.silent()).isInstanceOf(CloseConnectionException.class);
        pace.headRead();
        seconds(20);
        pace.received(1);
        assertThat(pace.left())
                .isBetween(
                        Duration.ofSeconds(10).toNanos(), Duration.ofSeconds(11).toNanos());
        assertThat(pace.silent()).isInstanceOf(SendingPace.TooSlow.class);
        pace.received(1 << 20);
        assertThat(pace.left()).isEqualTo(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void whoWaitsForItsAnswerMayBeSilent() {
        pace.headRead();
        pace.bodyRead();
        seconds(10_000);
        assertThatCode(() -> pace.received(1)).doesNotThrowAnyException();
    }
}
