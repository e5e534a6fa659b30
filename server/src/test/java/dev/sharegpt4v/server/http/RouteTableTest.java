package dev.sharegpt4v.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.helidon.common.uri.UriPath;
import io.helidon.webserver.http.Handler;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RouteTableTest {

    private static final Handler NOTHING = (request, response) -> {};

    private final RouteTable table = new RouteTable(List.of(
            Route.get("/things", NOTHING),
            Route.post("/things", NOTHING),
            Route.get("/things/{id}", NOTHING),
            Route.delete("/things/{id}", NOTHING),
            Route.get("/names/{+id}", NOTHING)));

    @ParameterizedTest
    @CsvSource({
        "/things,          /things",
        "/things/7,        /things/{id}",
        "/things/%7Bid%7D, /things/{id}",
        "/names/a/b,       /names/{id}",
        "/names/a%2Fb,     /names/{id}",
        "/things/7/8,      other",
        "/elsewhere,       other",
    })
    void aPathIsLabelledByItsRoute(String path, String label) {
        assertThat(table.label(UriPath.create(path))).isEqualTo(label);
    }

    @Test
    void aPathAllowsTheMethodsOfAllItsRoutes() {
        assertThat(table.allowed(UriPath.create("/things"))).contains("GET, HEAD, POST");
        assertThat(table.allowed(UriPath.create("/things/7"))).contains("GET, HEAD, DELETE");
        assertThat(table.allowed(UriPath.create("/elsewhere"))).isEmpty();
    }

    @Test
    void twoHandlersOfOneMethodAndPathAreADefect() {
        assertThatThrownBy(() -> new RouteTable(List.of(Route.get("/a", NOTHING), Route.get("/a", NOTHING))))
                .isInstanceOf(IllegalStateException.class);
    }
}
