package dev.sharegpt4v.runtime.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class WorkThreadTest {

    @Test
    void whatATaskThrowsReachesTheCaller() {
        try (WorkThread thread = new WorkThread("test", () -> {})) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> thread.call(() -> {
                        throw new IllegalArgumentException("no picture");
                    }))
                    .withMessage("no picture");
            assertThatThrownBy(() -> thread.call(() -> {
                        throw new StackOverflowError();
                    }))
                    .isInstanceOf(StackOverflowError.class);
            assertThat(thread.call(() -> "still there")).isEqualTo("still there");
        }
    }

    @Test
    void anInterruptWaitsForTheTask() {
        try (WorkThread thread = new WorkThread("test", () -> {})) {
            Thread.currentThread().interrupt();
            assertThat(thread.call(() -> "done")).isEqualTo("done");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void whatItsFirstWorkThrowsReachesWhoStartsIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new WorkThread("test", () -> {
                            throw new IllegalArgumentException("no device");
                        })
                        .close())
                .withMessage("no device");
    }
}
