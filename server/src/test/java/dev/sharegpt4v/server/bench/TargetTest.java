package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {

    private static Target of(String url, Map<String, String> headers) {
        return Target.of(url, headers, Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:8080, http://host:8080/v1/models",
        "http://host:8080/, http://host:8080/v1/models",
        "http://host:8080/v1, http://host:8080/v1/models",
        "https://host/openai/v1/, https://host/openai/v1/models",
    })
    void addressesAreTakenAsPeopleWriteThem(String url, String expected) {
        HttpRequest request = of(url, Map.of()).request("/v1/models").build();
        assertThat(request.uri()).hasToString(expected);
        assertThat(request.headers().map()).doesNotContainKey("Authorization");
    }

    @Test
    void headersAreSentWithEveryRequest() {
        HttpRequest request = of("http://host", Map.of("Authorization", "Bearer secret", "X-Tenant", "a"))
                .request("/v1/models")
                .build();
        assertThat(request.headers().firstValue("Authorization")).hasValue("Bearer secret");
        assertThat(request.headers().firstValue("X-Tenant")).hasValue("a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:8080", "localhost", "ftp://host", "http://", "http://a b", ""})
    void whatIsNoAddressIsRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> of(url, Map.of()));
    }
}
