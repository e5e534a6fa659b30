package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.testing.ScriptedServer;
import java.util.Optional;
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

    @Test
    void aUrlIsZeroWhenItIsAnsweredWith200() {
        try (ScriptedServer server = new ScriptedServer("a")) {
            String url = "http://127.0.0.1:" + server.port();
            assertThat(HealthProbe.ask(url + "/health/ready", Optional.empty())).isZero();
            assertThat(HealthProbe.ask(url + "/health/gone", Optional.empty())).isOne();
            server.drain();
            assertThat(HealthProbe.ask(url + "/health/ready", Optional.empty())).isOne();
        }
        assertThat(HealthProbe.ask("no url", Optional.empty())).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "70000"})
    void aPortThatIsNoneIsOne(String port) {
        assertThat(HealthProbe.run(port)).isOne();
    }
}
