package dev.sharegpt4v.server.bench.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.bench.mix.SyntheticPicture;
import dev.sharegpt4v.server.testing.ScriptedServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class NonsenseTest {

    @Test
    void ourServerRefusesEveryKindByATypedError() throws Exception {
        try (ScriptedServer server = new ScriptedServer("a red circle")) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            HttpText http = new HttpText("localhost", Map.of());
            for (Errand errand : Nonsense.all(http, ScriptedServer.MODEL, SyntheticPicture.jpeg(60, 40, 1))) {
                try (Caller caller = new Caller(address, 0, Duration.ofSeconds(20))) {
                    assertThat(Visit.run(errand, caller)).as(errand.what()).isInstanceOf(Ending.Refused.class);
                }
            }
        }
    }
}
