package dev.sharegpt4v.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sharegpt4v.server.SecurityConfig;
import dev.sharegpt4v.server.testing.Shell;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Options of {@code serve} by each of their ways in. */
final class ServeFlagsTest {

    @TempDir
    private Path folder;

    /** Every value differs from its default. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model                 | a=/models/a,b=/models/b",
                "load-on-demand        | true",
                "model-idle-timeout    | 10m",
                "model-admin           | true",
                "image-timeout         | 7",
                "image-ports           | 8080,8443",
                "image-downloads       | 3",
                "allow-image-hosts     | a.example,*.b.example",
                "image-folder          | /pictures",
                "cors-origins          | https://a.example,https://b.example",
                "api-key               | sk-1",
                "api-key-file          | /keys",
                "open-metrics          | true",
                "log-requests          | true",
                "vllm-metrics          | true",
                "tracing               | true",
                "otlp-traces-endpoint  | http://collector:4318",
                "log-format            | json",
                "tls-keystore          | /a.p12",
                "tls-keystore-password | secret",
                "tls-certificate       | /a.pem",
                "tls-key               | /b.pem",
                "read-timeout          | 9",
                "max-connections       | 77",
                "data-dir              | /data",
                "data-limit-mb         | 5",
                "batch-lines           | 2",
                "chat-template         | {{ messages }}",
                "trust-request-chat-template | true",
                "queue-timeout         | 4",
                "request-timeout       | 6",
                "write-timeout         | 8",
                "ping-seconds          | 3",
                "drain-seconds         | 1",
                "max-body-mb           | 2",
                "max-image-pixels      | 99",
                "image-threads         | 5",
                "max-concurrent        | 11",
                "max-admitted-tokens   | 12",
                "max-admitted-pixels   | 13",
            })
    void theCommandLineTheEnvironmentAndAFileSayTheSame(String name, String value) throws IOException {
        Properties properties = new Properties();
        properties.setProperty(name, value);
        Path file = folder.resolve("server.properties");
        try (Writer out = Files.newBufferedWriter(file)) {
            properties.store(out, null);
        }
        String byDefault = shown(SettingsTest.parse(Map.of()), name);
        String byArgument = value.equals("true")
                ? shown(SettingsTest.parse(Map.of(), "--" + name), name)
                : shown(SettingsTest.parse(Map.of(), "--" + name, value), name);
        assertThat(byArgument).isNotEqualTo(byDefault);
        assertThat(shown(SettingsTest.parse(Map.of(Settings.variable(name), value)), name))
                .isEqualTo(byArgument);
        assertThat(shown(SettingsTest.parse(Map.of(), "--config", file.toString()), name))
                .isEqualTo(byArgument);
    }

    private static String shown(ServeCommand command, String name) {
        Object value = new CommandLine(command)
                .getCommandSpec()
                .findOption("--" + name)
                .getValue();
        return String.valueOf(value);
    }

    @Test
    void theyReachTheConfiguration() {
        SecurityConfig config = SettingsTest.parse(
                        Map.of(),
                        "--allow-image-hosts=a.example",
                        "--image-ports=8080,8443",
                        "--image-timeout=7",
                        "--image-downloads=4",
                        "--read-timeout=9",
                        "--max-connections=77",
                        "--cors-origins=https://a.example,*")
                .security
                .config();
        assertThat(config.fetch()).hasValueSatisfying(rules -> {
            assertThat(rules.ports()).containsExactlyInAnyOrder(8080, 8443);
            assertThat(rules.timeout()).isEqualTo(Duration.ofSeconds(7));
        });
        assertThat(config.patience()).isEqualTo(Duration.ofSeconds(9));
        assertThat(config.connections()).isEqualTo(77);
        assertThat(config.origins()).containsExactly("https://a.example", "*");
        assertThat(SettingsTest.parse(Map.of(), "--image-timeout=7")
                        .security
                        .config()
                        .fetch())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--model               | --model=a=/models/a",
                "--model-idle-timeout  | --model-idle-timeout=soon",
                "--model-idle-timeout  | --model-idle-timeout=-1s",
                "--model-idle-timeout  | --model-idle-timeout=999999h",
                "--image-timeout       | --image-timeout=0",
                "--image-timeout       | --image-timeout=601",
                "--image-timeout       | --image-timeout=soon",
                "--image-ports         | --image-ports=0",
                "--image-ports         | --image-ports=80,65536",
                "--image-ports         | --image-ports=http",
                "--image-downloads     | --image-downloads=0",
                "--allow-image-hosts   | --allow-image-hosts=http://a.example/",
                "--allow-image-hosts   | --allow-image-hosts=a.*.example",
                "--cors-origins        | --cors-origins=a.example",
                "--cors-origins        | --cors-origins=https://a.example/path",
                "--cors-origins        | --cors-origins=ftp://a.example",
                "--cors-origins        | --cors-origins=https://u@a.example",
                "--api-key             | --api-key=",
                "--tls-key             | --tls-certificate=/a.pem",
                "--tls-certificate     | --tls-key=/a.pem",
                "--tls-keystore        | --tls-certificate=/a.pem --tls-key=/b.pem --tls-keystore=/c.p12",
                "--read-timeout        | --read-timeout=0",
                "--max-connections     | --max-connections=0",
                "--data-limit-mb       | --data-limit-mb=0",
                "--data-limit-mb       | --data-limit-mb=much",
                "--batch-lines         | --batch-lines=0",
                "--chat-template       | --chat-template=/nowhere/at/all",
                "--chat-template       | --chat-template={{",
                "--max-admitted-tokens | --max-admitted-tokens=0",
                "--max-admitted-pixels | --max-admitted-pixels=0",
                "--image-threads       | --image-threads=0",
                "--max-image-pixels    | --max-image-pixels=0",
                "--write-timeout       | --write-timeout=0",
                "--queue-timeout       | --queue-timeout=-1",
                "--request-timeout     | --request-timeout=-1",
                "--ping-seconds        | --ping-seconds=0",
            })
    void whatIsWrongIsNamedAndEndsWithTwo(String flag, String args) {
        String[] line = ("serve --model . " + args).split(" ", -1);
        Shell shell = Shell.run(line);
        assertThat(shell.code()).as(shell.err()).isEqualTo(2);
        assertThat(shell.err()).contains(flag).doesNotContain("\tat ");
        assertThat(shell.out()).isEmpty();
    }

    @Test
    void aChatTemplateIsAFileOrAText() throws IOException {
        Path file = Files.writeString(folder.resolve("a.jinja"), "{% for m in messages %}{{ m.role }}{% endfor %}");
        assertThat(SettingsTest.parse(Map.of(), "--chat-template", file.toString())
                        .templates
                        .rules()
                        .own())
                .isPresent();
        assertThat(SettingsTest.parse(Map.of(), "--chat-template", "{{ 1 }}")
                        .templates
                        .rules())
                .satisfies(rules -> {
                    assertThat(rules.own()).isPresent();
                    assertThat(rules.ofRequests()).isFalse();
                });
        assertThat(SettingsTest.parse(Map.of(), "--trust-request-chat-template")
                        .templates
                        .rules())
                .satisfies(rules -> {
                    assertThat(rules.own()).isEmpty();
                    assertThat(rules.ofRequests()).isTrue();
                });
    }
}
