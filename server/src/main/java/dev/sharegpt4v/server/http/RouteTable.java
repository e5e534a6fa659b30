package dev.sharegpt4v.server.http;

import io.helidon.common.uri.UriPath;
import io.helidon.http.Method;
import io.helidon.http.PathMatcher;
import io.helidon.http.PathMatchers;
import io.helidon.webserver.http.HttpRouting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** All routes of a server: registers them, and knows of each path its label and its methods. */
final class RouteTable {

    /** The label of all that is no route. */
    static final String OTHER = "other";

    private final List<Route> routes;
    private final Map<String, Place> byLabel = new LinkedHashMap<>();

    /** A path and what it answers. */
    private record Place(String label, PathMatcher matcher, List<Method> methods) {}

    RouteTable(List<Route> routes) {
        this.routes = List.copyOf(routes);
        for (Route route : routes) {
            Place place = byLabel.computeIfAbsent(
                    route.label(), label -> new Place(label, PathMatchers.create(route.path()), new ArrayList<>()));
            if (place.methods().contains(route.method())) {
                throw new IllegalStateException("two routes are " + route.label() + ". This is a bug.");
            }
            place.methods().add(route.method());
            if (route.method().equals(Method.GET)) {
                place.methods().add(Method.HEAD);
            }
        }
    }

    List<Route> routes() {
        return routes;
    }

    /** Adds all routes; what is read by GET is answered to HEAD, too. */
    void register(HttpRouting.Builder routing) {
        for (Route route : routes) {
            routing.route(route.method(), route.path(), route.handler());
            if (route.method().equals(Method.GET)) {
                routing.route(Method.HEAD, route.path(), route.handler());
            }
        }
    }

    /** The route's path with names for what varies, or {@link #OTHER}: there are as many labels as routes, and one. */
    String label(UriPath path) {
        return route(path).orElse(OTHER);
    }

    /** The route's path with names for what varies; empty where there is no route. */
    Optional<String> route(UriPath path) {
        return find(path).map(Place::label);
    }

    /** The methods of a path as a header names them; empty where there is nothing. */
    Optional<String> allowed(UriPath path) {
        return find(path)
                .map(place -> place.methods().stream().map(Method::text).collect(Collectors.joining(", ")));
    }

    private Optional<Place> find(UriPath path) {
        Place exact = byLabel.get(path.path());
        if (exact != null) {
            return Optional.of(exact);
        }
        return byLabel.values().stream()
                .filter(place -> place.matcher().match(path).accepted())
                .findFirst();
    }
}
