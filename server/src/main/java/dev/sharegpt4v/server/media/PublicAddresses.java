package dev.sharegpt4v.server.media;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Addresses of the public internet: global unicast that belongs to somebody. Refused is everything that could be this machine,
 * its network or its cloud's metadata, and every address that carries another one in a form that a gateway may unwrap.
 *
 * <p>Source: IANA's registries of special-purpose addresses (RFC 6890 and its updates).
 */
final class PublicAddresses implements AddressPolicy {

    private record Range(byte[] start, int bits) {

        static Range of(String text) {
            int slash = text.indexOf('/');
            return new Range(
                    InetAddress.ofLiteral(text.substring(0, slash)).getAddress(),
                    Integer.parseInt(text.substring(slash + 1)));
        }

        boolean holds(byte[] address) {
            if (address.length != start.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >> (bit & 7);
                if (((address[bit >> 3] ^ start[bit >> 3]) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private static final List<Range> REFUSED = ranges(
            // "This" network, private use, carriers' NAT, loopback, link-local with the clouds' metadata.
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            // Protocol assignments, documentation, 6to4 relays, benchmarks.
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // Azure's platform, public in form only.
            "168.63.129.16/32",
            // Multicast, reserved, broadcast.
            "224.0.0.0/4",
            "240.0.0.0/4",
            // Protocol assignments with Teredo, ORCHID and benchmarks; 6to4; documentation.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    private static final int IPV4_BYTES = 4;

    /** All global unicast so far; unique local, link-local, mapped, multicast and loopback lie outside. */
    private static final Range GLOBAL = Range.of("2000::/3");

    /** What a resolver for hosts without IPv4 gives for names with IPv4 only. */
    private static final Range NAT64 = Range.of("64:ff9b::/96");

    private static List<Range> ranges(String... texts) {
        return Arrays.stream(texts).map(Range::of).toList();
    }

    @Override
    public boolean allows(InetAddress address) {
        return allows(address.getAddress());
    }

    private static boolean allows(byte[] address) {
        if (NAT64.holds(address)) {
            return allows(Arrays.copyOfRange(address, 12, 16));
        }
        boolean unicast = address.length == IPV4_BYTES || GLOBAL.holds(address);
        return unicast && REFUSED.stream().noneMatch(range -> range.holds(address));
    }
}
