package dev.sharegpt4v.server;

import dev.sharegpt4v.server.access.ApiKey;
import dev.sharegpt4v.server.access.ChangedFiles;
import dev.sharegpt4v.server.access.KeyFile;
import dev.sharegpt4v.server.access.KeyRing;
import dev.sharegpt4v.server.http.Protection;
import dev.sharegpt4v.server.media.ImageFolder;
import dev.sharegpt4v.server.media.ImageSources;
import dev.sharegpt4v.server.media.RemoteImages;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Settings of security made into what serves them, and kept up to date with their files. */
final class Guard implements AutoCloseable {

    private static final Duration LOOK = Duration.ofSeconds(2);

    private final SecurityConfig config;
    private final Protection protection;
    private final ChangedFiles files = new ChangedFiles();

    /**
     * Reads all files.
     *
     * @param mostImageBytes of one image
     * @throws IllegalArgumentException when one cannot be read
     */
    Guard(SecurityConfig config, long mostImageBytes) {
        this.config = config;
        ImageSources images = new ImageSources(
                config.fetch().map(rules -> new RemoteImages(rules, mostImageBytes)),
                config.imageFolder().map(folder -> new ImageFolder(folder, mostImageBytes)));
        this.protection = new Protection(
                images,
                keys(),
                config.openMetrics(),
                config.origins(),
                config.logRequests(),
                config.patience(),
                config.connections(),
                config.console());
    }

    private Optional<KeyRing> keys() {
        if (config.apiKeys().isEmpty() && config.apiKeyFile().isEmpty()) {
            return Optional.empty();
        }
        KeyRing ring = new KeyRing(readKeys(), System::nanoTime);
        config.apiKeyFile().ifPresent(file -> files.watch(List.of(file), () -> ring.replace(readKeys())));
        return Optional.of(ring);
    }

    private List<ApiKey> readKeys() {
        List<ApiKey> keys = new ArrayList<>();
        for (String key : config.apiKeys()) {
            keys.add(ApiKey.of("option-" + (keys.size() + 1), key));
        }
        config.apiKeyFile().ifPresent(file -> keys.addAll(KeyFile.read(file)));
        return keys;
    }

    Protection protection() {
        return protection;
    }

    boolean isSecure() {
        return config.tls().isPresent();
    }

    /** Lets a server that is being built speak TLS, where that is asked for. */
    void secure(WebServerConfig.Builder web) {
        config.tls().ifPresent(tls -> web.tls(tls.read()));
    }

    /** From now on what changes in the files holds for new requests and connections. */
    void watch(WebServer web) {
        config.tls().ifPresent(tls -> files.watch(tls.files(), () -> web.reloadTls(tls.read())));
        files.start(LOOK);
    }

    @Override
    public void close() {
        files.close();
    }
}
