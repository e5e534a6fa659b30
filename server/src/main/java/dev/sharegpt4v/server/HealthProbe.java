package dev.sharegpt4v.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Whether the server on this machine is alive, or what a URL names answers with 200, as an exit code: for containers, whose images
 * hold no curl.
 */
public final class HealthProbe {

    private static final String DEFAULT_PORT = "8080";
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private HealthProbe() {}

    public static void main(String[] args) {
        Optional<Path> certificate =
                Optional.ofNullable(System.getenv("SHAREGPT4V_TLS_CERTIFICATE")).map(Path::of);
        System.exit(
                args.length == 0
                        ? run(System.getenv().getOrDefault("SHAREGPT4V_PORT", DEFAULT_PORT), certificate)
                        : ask(args[0], certificate));
    }

    /** 0 when the server on this port says in plain HTTP that it is alive, else 1. */
    static int run(String port) {
        return run(port, Optional.empty());
    }

    /** The same by TLS where there is a certificate, which must be the server's. */
    static int run(String port, Optional<Path> certificate) {
        String scheme = certificate.isPresent() ? "https" : "http";
        return ask(scheme + "://127.0.0.1:" + port + "/health/live", certificate);
    }

    /** 0 when a URL is answered with 200, by whoever has the certificate where there is one. */
    static int ask(String url, Optional<Path> certificate) {
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        try {
            certificate.ifPresent(own -> builder.sslContext(OneCertificate.trusting(own)));
            try (HttpClient client = builder.build()) {
                HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                        .timeout(PATIENCE)
                        .build();
                return client.send(request, HttpResponse.BodyHandlers.discarding())
                                        .statusCode()
                                == 200
                        ? 0
                        : 1;
            }
        } catch (IOException | IllegalArgumentException e) {
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }
}
