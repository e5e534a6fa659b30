package dev.sharegpt4v.server.media;

import java.util.ArrayList;
import java.util.List;

/** Hosts that may be asked for images: names, {@code *.example.org} for all below, {@code *} for all. */
public final class HostPatterns {

    private static final String BELOW = "*.";

    private final List<String> exact = new ArrayList<>();
    private final List<String> endings = new ArrayList<>();
    private boolean any;

    private HostPatterns() {}

    /**
     * Reads patterns.
     *
     * @throws IllegalArgumentException when one is none
     */
    public static HostPatterns of(List<String> patterns) {
        HostPatterns hosts = new HostPatterns();
        for (String pattern : patterns) {
            hosts.add(pattern.strip());
        }
        return hosts;
    }

    private void add(String pattern) {
        try {
            if (pattern.equals("*")) {
                any = true;
            } else if (pattern.startsWith(BELOW)) {
                endings.add(
                        "." + HostName.parse(pattern.substring(BELOW.length())).text());
            } else {
                // An IPv6 address has its brackets as in a URL.
                exact.add(HostName.parse(pattern).text());
            }
        } catch (FetchException e) {
            throw new IllegalArgumentException("'" + pattern + "' is no host, no *.host and not *", e);
        }
    }

    boolean allow(HostName host) {
        return any
                || exact.contains(host.text())
                || (host.address().isEmpty() && endings.stream().anyMatch(host.text()::endsWith));
    }
}
