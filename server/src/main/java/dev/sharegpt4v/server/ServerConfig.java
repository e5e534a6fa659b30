package dev.sharegpt4v.server;

import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.http.TemplateRules;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Checked settings of a server.
 *
 * @param models that are served; the first is meant where a request names none
 * @param rules of loading and unloading them
 * @param host address to listen on
 * @param port to listen on; 0 picks a free one
 * @param limits of a request
 * @param security who may ask, how, and where images may come from
 * @param drain how long running requests may take to end when the server stops
 * @param data where files and batches are kept; there are none when empty
 * @param templates which make prompts of chats
 * @param vllmMetrics whether metrics have vLLM's names, too
 */
public record ServerConfig(
        List<ModelConfig> models,
        ModelRules rules,
        String host,
        int port,
        HttpLimits limits,
        SecurityConfig security,
        Duration drain,
        Optional<DataConfig> data,
        TemplateRules templates,
        boolean vllmMetrics) {

    public ServerConfig {
        models = List.copyOf(models);
        if (models.isEmpty()) {
            throw new IllegalArgumentException("a server without a model");
        }
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port);
        }
    }

    /** Settings of a server of these models, without files and batches, that is open to all who reach it. */
    public ServerConfig(List<ModelConfig> models, String host, int port, HttpLimits limits, Duration drain) {
        this(
                models,
                ModelRules.DEFAULT,
                host,
                port,
                limits,
                SecurityConfig.DEFAULT,
                drain,
                Optional.empty(),
                TemplateRules.DEFAULT,
                false);
    }

    /** The same of one model. */
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
                List.of(new ModelConfig(
                        packageFolder,
                        servedName,
                        device,
                        threads,
                        encoderThreads,
                        encoderBatch,
                        kv,
                        batchInvariance,
                        engine)),
                host,
                port,
                limits,
                drain);
    }

    /** The same with files and batches where they are asked for. */
    public ServerConfig with(Optional<DataConfig> asked) {
        return copy(rules, security, asked, templates, vllmMetrics);
    }

    /** The same behind other protection. */
    public ServerConfig with(SecurityConfig asked) {
        return copy(rules, asked, data, templates, vllmMetrics);
    }

    /** The same with other templates. */
    public ServerConfig with(TemplateRules asked) {
        return copy(rules, security, data, asked, vllmMetrics);
    }

    /** The same with other rules of loading models. */
    public ServerConfig with(ModelRules asked) {
        return copy(asked, security, data, templates, vllmMetrics);
    }

    /** The same with vLLM's names of metrics, or without. */
    public ServerConfig withVllmMetrics(boolean asked) {
        return copy(rules, security, data, templates, asked);
    }

    private ServerConfig copy(
            ModelRules rules,
            SecurityConfig security,
            Optional<DataConfig> data,
            TemplateRules templates,
            boolean vllmMetrics) {
        return new ServerConfig(models, rules, host, port, limits, security, drain, data, templates, vllmMetrics);
    }
}
