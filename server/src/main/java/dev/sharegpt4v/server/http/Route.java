package dev.sharegpt4v.server.http;

import io.helidon.http.Method;
import io.helidon.webserver.http.Handler;

/**
 * What is served at a path.
 *
 * @param method that is answered
 * @param path as Helidon has it: {@code {name}} for one segment, {@code {+name}} for one or more
 * @param handler that answers
 */
record Route(Method method, String path, Handler handler) {

    static Route get(String path, Handler handler) {
        return new Route(Method.GET, path, handler);
    }

    static Route post(String path, Handler handler) {
        return new Route(Method.POST, path, handler);
    }

    static Route delete(String path, Handler handler) {
        return new Route(Method.DELETE, path, handler);
    }

    /** The path as OpenAPI writes it; names the route in metrics too. */
    String label() {
        return path.replace("{+", "{");
    }
}
