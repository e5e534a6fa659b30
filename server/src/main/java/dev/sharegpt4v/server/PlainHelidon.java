package dev.sharegpt4v.server;

import io.helidon.common.mapper.DefaultMapperProvider__ServiceDescriptor;
import io.helidon.common.mapper.MappersFactory__ServiceDescriptor;
import io.helidon.config.Config;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;

/** Web servers that are wired by hand: Helidon looks for no services of its own, which takes longer than starting one. */
final class PlainHelidon {

    static {
        ServiceRegistryConfig services = ServiceRegistryConfig.builder()
                .discoverServices(false)
                .discoverServicesFromServiceLoader(false)
                // What reads parameters of queries.
                .addServiceDescriptor(MappersFactory__ServiceDescriptor.INSTANCE)
                .addServiceDescriptor(DefaultMapperProvider__ServiceDescriptor.INSTANCE)
                .putContractInstance(Config.class, Config.empty())
                .build();
        GlobalServiceRegistry.registry(ServiceRegistryManager.create(services).registry());
    }

    private PlainHelidon() {}

    static WebServerConfig.Builder server() {
        return WebServer.builder().shutdownHook(false);
    }
}
