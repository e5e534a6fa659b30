package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.models.catalog.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class SettingsTest {

    @TempDir
    private Path folder;

    /** The command as the arguments and the environment make it. */
    static ServeCommand parse(Map<String, String> environment, String... args) {
        ServeCommand command = new ServeCommand();
        new CommandLine(command)
                .setDefaultValueProvider(new Settings(args, environment))
                .parseArgs(args);
        return command;
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("server.properties"), text).toString();
    }

    @Test
    void whatNobodySetsHasItsDefault() {
        ServeCommand command = parse(Map.of());
        assertThat(command.port).isEqualTo(8080);
        assertThat(command.host).isEqualTo("127.0.0.1");
        assertThat(command.model.engine.options(Device.CPU).maxRunning()).isEqualTo(32);
        assertThat(command.model.engine.options(Device.CUDA).maxRunning()).isEqualTo(128);
    }

    @Test
    void thePagesAreThereUnlessSwitchedOff() {
        assertThat(parse(Map.of()).security.config().console()).isTrue();
        assertThat(parse(Map.of(), "--no-console").security.config().console()).isFalse();
        assertThat(parse(Map.of("SHAREGPT4V_NO_CONSOLE", "true"))
                        .security
                        .config()
                        .console())
                .isFalse();
    }

    @Test
    void whatSomebodySetsHoldsOnEveryDevice() {
        ServeCommand command = parse(Map.of("SHAREGPT4V_MAX_RUNNING", "7", "SHAREGPT4V_MAX_STEP_TOKENS", "99"));
        for (Device device : Device.values()) {
            assertThat(command.model.engine.options(device).maxRunning()).isEqualTo(7);
            assertThat(command.model.engine.options(device).maxStepTokens()).isEqualTo(99);
        }
    }

    @Test
    void theEnvironmentSetsOptionsUnderTheirNamesInCapitals() {
        ServeCommand command = parse(Map.of(
                "SHAREGPT4V_PORT",
                "9000",
                "SHAREGPT4V_MAX_RUNNING",
                "7",
                "SHAREGPT4V_MODEL",
                "/models/a",
                "PORT",
                "1"));
        assertThat(command.port).isEqualTo(9000);
        assertThat(command.model.engine.maxRunning).isEqualTo(7);
        assertThat(command.model.asked()).containsExactly(new NamedFolder(Optional.empty(), Path.of("/models/a")));
    }

    @Test
    void aFileSetsOptionsUnderTheirNames() throws IOException {
        String file = file("port=9001\nmax-running=8\n");
        assertThat(parse(Map.of(), "--config", file).port).isEqualTo(9001);
        assertThat(parse(Map.of(), "--config=" + file).model.engine.maxRunning).isEqualTo(8);
        assertThat(parse(Map.of("SHAREGPT4V_CONFIG", file)).port).isEqualTo(9001);
    }

    @Test
    void theCommandLineStandsBeforeTheEnvironmentAndThatBeforeTheFile() throws IOException {
        String file = file("port=1\nmax-running=1\nmax-queued=1\n");
        ServeCommand command =
                parse(Map.of("SHAREGPT4V_PORT", "2", "SHAREGPT4V_MAX_RUNNING", "2"), "--config", file, "--port", "3");
        assertThat(command.port).isEqualTo(3);
        assertThat(command.model.engine.maxRunning).isEqualTo(2);
        assertThat(command.model.engine.maxQueued).isEqualTo(1);
    }

    @Test
    void theFileOfTheCommandLineStandsBeforeThatOfTheEnvironment() throws IOException {
        String file = file("port=5\n");
        assertThat(parse(Map.of("SHAREGPT4V_CONFIG", "/nowhere"), "--config", file).port)
                .isEqualTo(5);
    }

    @Test
    void aFileThatIsMissingOrMalformedIsToldByItsName() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Settings(new String[] {"--config", "/nowhere/a"}, Map.of()))
                .withMessageContaining("/nowhere/a");
        String malformed = file("port=\\u00zz\n");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Settings(new String[] {"--config", malformed}, Map.of()))
                .withMessageContaining(malformed);
    }
}
