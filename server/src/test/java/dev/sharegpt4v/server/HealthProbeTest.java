package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HealthProbeTest {

    @Test
    void aLiveServerIsZeroEvenWhileItDrains() {
        try (ScriptedServer server = new ScriptedServer("a")) {
            assertThat(HealthProbe.run(Integer.toString(server.port()))).isZero();
            server.drain();
            assertThat(HealthProbe.run(Integer.toString(server.port()))).isZero();
        }
    }

    @Test
    void aServerThatIsGoneIsOne() {
        int port;
        try (ScriptedServer server = new ScriptedServer("a")) {
            port = server.port();
        }
        assertThat(HealthProbe.run(Integer.toString(port))).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "70000"})
    void aPortThatIsNoneIsOne(String port) {
        assertThat(HealthProbe.run(port)).isOne();
    }
}
