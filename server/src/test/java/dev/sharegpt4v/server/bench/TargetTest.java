package dev.sharegpt4v.server.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetTest {

    private static Target of(String url, Optional<String> key) {
        return Target.of(url, key, Duration.ofSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "http://host:8080, http://host:8080/v1/models",
        "http://host:8080/, http://host:8080/v1/models",
        "http://host:8080/v1, http://host:8080/v1/models",
        "https://host/openai/v1/, https://host/openai/v1/models",
    })
    void addressesAreTakenAsPeopleWriteThem(String url, String expected) {
        HttpRequest request = of(url, Optional.empty()).request("/v1/models").build();
        assertThat(request.uri()).hasToString(expected);
        assertThat(request.headers().map()).doesNotContainKey("Authorization");
    }

    @Test
    void theKeyIsABearerToken() {
        HttpRequest request =
                of("http://host", Optional.of("secret")).request("/v1/models").build();
        assertThat(request.headers().firstValue("Authorization")).hasValue("Bearer secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"host:8080", "localhost", "ftp://host", "http://", "http://a b", ""})
    void whatIsNoAddressIsRefused(String url) {
        assertThatIllegalArgumentException().isThrownBy(() -> of(url, Optional.empty()));
    }
}
