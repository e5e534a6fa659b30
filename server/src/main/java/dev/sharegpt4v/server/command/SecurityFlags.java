package dev.sharegpt4v.server.command;

import dev.sharegpt4v.server.PemFiles;
import dev.sharegpt4v.server.Pkcs12File;
import dev.sharegpt4v.server.SecurityConfig;
import dev.sharegpt4v.server.TlsFiles;
import dev.sharegpt4v.server.http.Protection;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options of what stands between a server and its callers. */
final class SecurityFlags {

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    CommandSpec spec;

    @Mixin
    ImageSourceFlags images = new ImageSourceFlags();

    @Option(
            names = "--api-key",
            paramLabel = "KEY",
            description = "Key that requests must carry. Others see the command line; prefer SHAREGPT4V_API_KEY or"
                    + " --api-key-file.")
    @Nullable
    String apiKey;

    @Option(
            names = "--api-key-file",
            paramLabel = "FILE",
            description =
                    "File of such keys, a line each: KEY, or NAME KEY [rate=A-MINUTE] [concurrency=N]; read anew when"
                            + " it changes.")
    @Nullable
    Path apiKeyFile;

    @Option(names = "--open-metrics", description = "Lets /metrics be read without a key.")
    boolean openMetrics;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            description = "PEM of the server's certificate and its chain, to serve https; read anew when it changes.")
    @Nullable
    Path tlsCertificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "PEM of the certificate's key, PKCS#8.")
    @Nullable
    Path tlsKey;

    @Option(names = "--tls-keystore", paramLabel = "FILE", description = "PKCS#12 file with both, instead of them.")
    @Nullable
    Path tlsKeystore;

    @Option(
            names = "--tls-keystore-password",
            paramLabel = "TEXT",
            description = "Its password; better as SHAREGPT4V_TLS_KEYSTORE_PASSWORD.")
    String tlsKeystorePassword = "";

    @Option(
            names = "--cors-origins",
            paramLabel = "ORIGIN",
            split = ",",
            description = "Origins whose pages may read answers, such as https://chat.example.org, or * (none).")
    List<String> corsOrigins = new ArrayList<>();

    @Option(
            names = "--log-requests",
            description = "Logs a line for each request, with the first words of its body and without images.")
    boolean logRequests;

    @Option(
            names = "--read-timeout",
            paramLabel = "SECONDS",
            description = "Seconds in which the head of a request must come, and after which a silent client is cut off"
                    + " (${DEFAULT-VALUE}).")
    int readTimeout = (int) Protection.PATIENCE.toSeconds();

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            description = "Connections at one time; others wait to be accepted (${DEFAULT-VALUE}).")
    int maxConnections = Protection.CONNECTIONS;

    @Option(names = "--no-console", description = "Serves no pages for people at / and /status.")
    boolean noConsole;

    SecurityConfig config() {
        Ranges.require(spec, "--read-timeout", readTimeout, 1, 1 << 20);
        Ranges.require(spec, "--max-connections", maxConnections, 1, 1 << 20);
        if (apiKey != null && apiKey.isBlank()) {
            throw wrong("--api-key is empty");
        }
        corsOrigins.forEach(this::requireOrigin);
        return new SecurityConfig(
                images.fetch(),
                Optional.ofNullable(images.folder),
                apiKey == null ? List.of() : List.of(apiKey),
                Optional.ofNullable(apiKeyFile),
                openMetrics,
                tls(),
                corsOrigins,
                logRequests,
                Duration.ofSeconds(readTimeout),
                maxConnections,
                !noConsole);
    }

    private Optional<TlsFiles> tls() {
        if ((tlsCertificate == null) != (tlsKey == null) || (tlsCertificate != null && tlsKeystore != null)) {
            throw wrong("--tls-certificate and --tls-key belong together, and --tls-keystore is instead of them");
        }
        if (tlsKeystore != null) {
            return Optional.of(new Pkcs12File(tlsKeystore, tlsKeystorePassword));
        }
        return tlsCertificate == null || tlsKey == null
                ? Optional.empty()
                : Optional.of(new PemFiles(tlsCertificate, tlsKey));
    }

    /** An origin is compared as a text, so one with a path would never be met. */
    private void requireOrigin(String origin) {
        try {
            URI uri = URI.create(origin);
            boolean bare = uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawPath().isEmpty()
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
            if (origin.equals("*") || (bare && List.of("http", "https").contains(uri.getScheme()))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // Told below.
        }
        throw wrong("--cors-origins holds '" + origin + "', which is no origin such as https://chat.example.org");
    }

    private ParameterException wrong(String why) {
        return new ParameterException(spec.commandLine(), why);
    }
}
