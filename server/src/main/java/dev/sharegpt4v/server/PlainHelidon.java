package dev.sharegpt4v.server;

import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;

/** Web servers that are wired by hand: Helidon finds no services of its own, which takes longer than starting one. */
final class PlainHelidon {

    static {
        ServiceRegistryConfig none = ServiceRegistryConfig.builder()
                .discoverServices(false)
                .discoverServicesFromServiceLoader(false)
                .build();
        GlobalServiceRegistry.registry(ServiceRegistryManager.create(none).registry());
    }

    private PlainHelidon() {}

    static WebServerConfig.Builder server() {
        return WebServer.builder().shutdownHook(false);
    }
}
