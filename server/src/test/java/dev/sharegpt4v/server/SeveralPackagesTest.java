package dev.sharegpt4v.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sharegpt4v.models.catalog.PackageException;
import dev.sharegpt4v.runtime.engine.EngineOptions;
import dev.sharegpt4v.runtime.execution.KvFormat;
import dev.sharegpt4v.server.http.HttpLimits;
import dev.sharegpt4v.server.testing.Pictures;
import dev.sharegpt4v.server.testing.Requests;
import dev.sharegpt4v.server.testing.TinyPackage;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several packages in one server over ONNX Runtime. */
@Timeout(120) // Only to end a hang.
final class SeveralPackagesTest {

    @TempDir
    private static Path folder;

    private static ModelConfig model(String name, Path at) {
        return new ModelConfig(
                at,
                Optional.of(name),
                DeviceChoice.CPU,
                1,
                1,
                4,
                new KvBudget(16, KvFormat.FP16, new KvBudget.Automatic()),
                true,
                new EngineOptions(4, 4, 64));
    }

    private static ServerConfig config(List<ModelConfig> models, boolean onDemand) {
        return new ServerConfig(models, "127.0.0.1", 0, HttpLimits.DEFAULT, Duration.ofSeconds(30))
                .with(new ModelRules(true, onDemand, Duration.ZERO, true));
    }

    private static String ask(Application server, String name) {
        Response answer = RestAssured.given()
                .port(server.port())
                .contentType("application/json")
                .body(Requests.about("what?", Pictures.dataUri(Pictures.png(1)))
                        .put("model", name)
                        .put("max_tokens", 12)
                        .put("ignore_eos", true)
                        .toString())
                .post("/v1/chat/completions");
        assertThat(answer.statusCode()).as(answer.asString()).isEqualTo(200);
        return answer.path("choices[0].message.content");
    }

    private static String metrics(Application server) {
        return RestAssured.given().port(server.port()).get("/metrics").asString();
    }

    private static String change(Application server, String name, String verb) {
        return RestAssured.given()
                .port(server.port())
                .post("/v1/models/" + name + "/" + verb)
                .path("status.value");
    }

    @Test
    void modelsLiveBesideEachOtherAndGoAndComeAlone() {
        Path tiny = TinyPackage.in(folder);
        try (Application server = Application.start(config(List.of(model("a", tiny), model("b", tiny)), false))) {
            String said = ask(server, "a");
            assertThat(ask(server, "b")).isEqualTo(said).isNotEmpty();
            assertThat(change(server, "a", "unload")).isEqualTo("unloaded");
            assertThat(metrics(server).lines().filter(line -> line.contains("model=\"a\"")))
                    .noneMatch(line -> line.startsWith("sharegpt4v_kv_") || line.contains("_bytes{"));
            assertThat(metrics(server)).contains("sharegpt4v_kv_cache_bytes{model=\"b\"}");
            assertThat(ask(server, "b")).isEqualTo(said);
            assertThat(change(server, "a", "load")).isEqualTo("loaded");
            assertThat(ask(server, "a")).isEqualTo(said);
            assertThat(server.modelNames()).containsExactly("a", "b");
        }
    }

    @Test
    void onDemandAServerStartsWithoutItsModels() {
        Path tiny = TinyPackage.in(folder);
        ServerConfig config = config(List.of(model("a", tiny), model("gone", folder.resolve("gone"))), true);
        assertThatThrownBy(() -> Application.start(config)).isInstanceOf(PackageException.class);
        try (Application server = Application.start(config(List.of(model("a", tiny), model("b", tiny)), true))) {
            assertThat(server.device().name()).isEqualTo("cpu");
            assertThat(metrics(server)).contains("sharegpt4v_model_loaded{model=\"a\"} 0.0");
            assertThat(ask(server, "b")).isNotEmpty();
            assertThat(metrics(server))
                    .contains("sharegpt4v_model_loaded{model=\"a\"} 0.0")
                    .contains("sharegpt4v_model_loaded{model=\"b\"} 1.0");
        }
    }
}
