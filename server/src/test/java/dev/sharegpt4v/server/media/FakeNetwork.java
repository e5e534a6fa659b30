package dev.sharegpt4v.server.media;

import dev.sharegpt4v.server.testing.Certificates;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Names as a test says, and this machine's {@code 127.0.0.2} and {@code ::1} in the place of the public internet; every other
 * address is as public as it is.
 */
public final class FakeNetwork {

    public static final String HOST = "pictures.example";
    public static final String PUBLIC = "127.0.0.2";
    public static final String PRIVATE = "127.0.0.1";
    private static final AddressPolicy REAL = new PublicAddresses();
    private static final long MOST_BYTES = 100_000;

    private final Map<String, List<List<String>>> names = new HashMap<>();
    private final List<String> asked = new ArrayList<>();

    /** Gives a name addresses for the first, the second and all later questions. */
    public synchronized FakeNetwork name(String name, List<String> first, List<String> later) {
        names.put(name, List.of(first, later));
        return this;
    }

    /** Gives a name one address. */
    public FakeNetwork name(String name, String address) {
        return name(name, List.of(address), List.of(address));
    }

    /** Names that were asked for, in order. */
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private synchronized List<InetAddress> resolve(String name) throws UnknownHostException {
        if (!names.containsKey(name)) {
            throw new UnknownHostException(name);
        }
        boolean before = asked.contains(name);
        asked.add(name);
        return names.get(name).get(before ? 1 : 0).stream()
                .map(InetAddress::ofLiteral)
                .toList();
    }

    private static boolean allows(InetAddress address) {
        return address.equals(InetAddress.ofLiteral(PUBLIC))
                || address.equals(InetAddress.ofLiteral("::1"))
                || REAL.allows(address);
    }

    /** What fetches from these ports of all hosts. */
    public RemoteImages images(Integer... ports) {
        return images(rules(Duration.ofSeconds(20), 16, ports));
    }

    public RemoteImages images(FetchRules rules) {
        return new RemoteImages(
                rules, MOST_BYTES, new Network(this::resolve, FakeNetwork::allows, Certificates.trusting("pictures")));
    }

    public static FetchRules rules(Duration timeout, int downloads, Integer... ports) {
        return new FetchRules(HostPatterns.of(List.of("*")), Set.of(ports), timeout, downloads, downloads);
    }
}
