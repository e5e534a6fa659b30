package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.testing.Certificates;
import dev.sharegpt4v.server.testing.Eventually;
import dev.sharegpt4v.server.testing.RawClient;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.TinyPackage;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole server behind TLS and keys, whose files change while it runs. */
@Timeout(120) // Only to end a hang.
final class TlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private PemFiles files(String certificate, String key) throws IOException {
        Path cert = folder.resolve("server.pem");
        Path own = folder.resolve("server.key");
        Files.copy(Certificates.file(certificate, "pem"), cert, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(Certificates.file(key, "key"), own, StandardCopyOption.REPLACE_EXISTING);
        return new PemFiles(cert, own);
    }

    private ServerConfig config(TlsFiles tls, Path keys) {
        return new ServerConfig(
                        TinyPackage.in(folder),
                        Optional.of("tiny"),
                        "127.0.0.1",
                        0,
                        DeviceChoice.CPU,
                        1,
                        1,
                        4,
                        new KvBudget(16, KvFormat.FP16, new KvBudget.Automatic()),
                        true,
                        new EngineOptions(4, 4, 64),
                        HttpLimits.DEFAULT,
                        Duration.ZERO)
                .with(new SecurityConfig(
                        Optional.empty(),
                        Optional.empty(),
                        List.of("sk-by-option"),
                        Optional.of(keys),
                        false,
                        Optional.of(tls),
                        List.of(),
                        false,
                        PATIENCE,
                        Protection.CONNECTIONS,
                        false));
    }

    private static int ask(int port, String certificate, String key) throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(Certificates.trusting(certificate))
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://127.0.0.1:" + port + "/v1/chat/completions"))
                    .header("Authorization", "Bearer " + key)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(Requests.text("?")
                            .put("model", "tiny")
                            .put("max_tokens", 3)
                            .toString()))
                    .build();
            HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
            assertThat(answer.body()).isNotBlank();
            return answer.statusCode();
        }
    }

    private static boolean answers(int port, String certificate, String key) {
        try {
            return ask(port, certificate, key) == 200;
        } catch (IOException e) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aServerSpeaksTlsAndFollowsItsFiles() throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "first sk-of-the-first\n");
        try (Application application = Application.start(config(files("other", "other"), keys))) {
            int port = application.port();
            assertThat(application.scheme()).isEqualTo("https");
            RawClient stopped = stopsInItsHandshake(port);
            assertThat(ask(port, "other", "sk-of-the-first")).isEqualTo(200);
            assertThat(ask(port, "other", "sk-by-option")).isEqualTo(200);
            assertThat(ask(port, "other", "sk-of-another")).isEqualTo(401);
            assertThat(answers(port, "rsa", "sk-by-option")).isFalse();
            assertThat(plain(port)).doesNotContain("HTTP/1.1 200");
            assertThat(HealthProbe.run(Integer.toString(port), Optional.of(Certificates.file("other", "pem"))))
                    .isZero();
            assertThat(HealthProbe.run(Integer.toString(port), Optional.of(Certificates.file("rsa", "pem"))))
                    .isOne();

            Files.writeString(keys, "second sk-of-the-second\n");
            PemFiles _ = files("rsa", "rsa");
            Eventually.holds("it has the new certificate", () -> answers(port, "rsa", "sk-by-option"));
            Eventually.holds("it has the new keys", () -> answers(port, "rsa", "sk-of-the-second"));
            assertThat(ask(port, "rsa", "sk-of-the-first")).isEqualTo(401);
            assertThat(ask(port, "rsa", "sk-by-option")).isEqualTo(200);

            // A certificate without its key is not taken.
            PemFiles _ = files("other", "rsa");
            Files.writeString(keys, "bad\n");
            assertThat(ask(port, "rsa", "sk-of-the-second")).isEqualTo(200);

            // A handshake has as much time as a head.
            stopped.readAll();
            stopped.close();
        }
    }

    /** It has sent its greeting, whose answer it does not answer. */
    private static RawClient stopsInItsHandshake(int port) throws Exception {
        SSLEngine engine = Certificates.trusting("other").createSSLEngine("127.0.0.1", port);
        engine.setUseClientMode(true);
        ByteBuffer greeting = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), greeting);
        RawClient client = new RawClient(port);
        client.send(Arrays.copyOf(greeting.array(), greeting.position()));
        return client;
    }

    private static String plain(int port) throws IOException {
        try (Socket socket = new Socket(java.net.InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (java.net.SocketException e) {
            return "";
        }
    }

    @Test
    void filesThatDoNotGoTogetherAreToldAtOnce() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files("other", "pictures").read())
                .withMessageContaining("not that of");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> files("other", "rsa").read())
                .withMessageContaining("not that of");
        PemFiles swapped = files("other", "other");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PemFiles(swapped.key(), swapped.certificate()).read());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PemFiles(swapped.certificate(), swapped.certificate()).read())
                .withMessageContaining("openssl pkcs8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new PemFiles(folder.resolve("none"), swapped.key()).read())
                .withMessageContaining("none");
    }

    @Test
    void aKeystoreHoldsBoth() throws Exception {
        Path file = folder.resolve("server.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("own", Certificates.key("other"), "word".toCharArray(), new Certificate[] {
            Certificates.certificate("other")
        });
        try (OutputStream output = Files.newOutputStream(file)) {
            store.store(output, "word".toCharArray());
        }
        assertThat(new Pkcs12File(file, "word").read().enabled()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Pkcs12File(file, "wrong").read())
                .satisfies(
                        e -> assertThat(e.getMessage()).contains("server.p12").doesNotContain("wrong\""));
        assertThat(new Pkcs12File(file, "word").toString()).doesNotContain("word");
    }
}
