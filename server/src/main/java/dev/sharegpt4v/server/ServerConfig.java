package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.TemplateRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Checked settings of a server.
 *
 * @param packageFolder the model package
 * @param servedName the name clients ask for; the package's own when empty
 * @param host address to listen on
 * @param port to listen on; 0 picks a free one
 * @param device that runs the model
 * @param threads of a decoder step
 * @param encoderThreads of a batch of images
 * @param encoderBatch images per batch
 * @param kv what the KV cache may be
 * @param batchInvariance whether text is the same, to the last bit of its logits, in any company
 * @param engine limits of the engine
 * @param limits of a request
 * @param security who may ask, how, and where images may come from
 * @param drain how long running requests may take to end when the server stops
 * @param data where files and batches are kept; there are none when empty
 * @param templates which make prompts of chats
 * @param vllmMetrics whether metrics have vLLM's names, too
 */
public record ServerConfig(
        Path packageFolder,
        Optional<String> servedName,
        String host,
        int port,
        DeviceChoice device,
        int threads,
        int encoderThreads,
        int encoderBatch,
        KvBudget kv,
        boolean batchInvariance,
        EngineOptions engine,
        HttpLimits limits,
        SecurityConfig security,
        Duration drain,
        Optional<DataConfig> data,
        TemplateRules templates,
        boolean vllmMetrics) {

    /** Settings of a server without files and batches that is open to all who reach it. */
    public ServerConfig(
            Path packageFolder,
            Optional<String> servedName,
            String host,
            int port,
            DeviceChoice device,
            int threads,
            int encoderThreads,
            int encoderBatch,
            KvBudget kv,
            boolean batchInvariance,
            EngineOptions engine,
            HttpLimits limits,
            Duration drain) {
        this(
                packageFolder,
                servedName,
                host,
                port,
                device,
                threads,
                encoderThreads,
                encoderBatch,
                kv,
                batchInvariance,
                engine,
                limits,
                SecurityConfig.DEFAULT,
                drain,
                Optional.empty(),
                TemplateRules.DEFAULT,
                false);
    }

    /** The same with files and batches where they are asked for. */
    public ServerConfig with(Optional<DataConfig> asked) {
        return copy(security, asked, templates, vllmMetrics);
    }

    /** The same behind other protection. */
    public ServerConfig with(SecurityConfig asked) {
        return copy(asked, data, templates, vllmMetrics);
    }

    /** The same with other templates. */
    public ServerConfig with(TemplateRules asked) {
        return copy(security, data, asked, vllmMetrics);
    }

    /** The same with vLLM's names of metrics, or without. */
    public ServerConfig withVllmMetrics(boolean asked) {
        return copy(security, data, templates, asked);
    }

    private ServerConfig copy(
            SecurityConfig security, Optional<DataConfig> data, TemplateRules templates, boolean vllmMetrics) {
        return new ServerConfig(
                packageFolder,
                servedName,
                host,
                port,
                device,
                threads,
                encoderThreads,
                encoderBatch,
                kv,
                batchInvariance,
                engine,
                limits,
                security,
                drain,
                data,
                templates,
                vllmMetrics);
    }

    public ServerConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
    }
}
