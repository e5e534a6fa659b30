package dev.sharegpt4v.server.media;

import java.net.IDN;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A host as URLs name it: a DNS name in lower-case ASCII without a final dot, or an address.
 *
 * <p>Everything that another reader might take for another host is refused: numbers that are no dotted quad in its one
 * canonical form (WHATWG URL reads {@code 0x7f.1}, {@code 017700000001} and {@code 2130706433} as addresses), zones of IPv6,
 * empty labels, escapes.
 *
 * @param text in its one form; IPv6 without brackets and in full
 * @param address where the text is one
 */
record HostName(String text, Optional<InetAddress> address) {

    private static final int LONGEST = 253;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern NUMBER = Pattern.compile("[0-9]+|0[xX][0-9a-fA-F]*");
    private static final Pattern QUAD = Pattern.compile(
            "(%1$s)\\.(%1$s)\\.(%1$s)\\.(%1$s)".formatted("0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]"));
    private static final Pattern SIX = Pattern.compile("[0-9a-fA-F]*:[0-9a-fA-F:.]{1,44}");

    /**
     * Reads the host of a URL.
     *
     * @throws FetchException when it is none
     */
    static HostName parse(String host) {
        if (host.startsWith("[")) {
            return literal(host);
        }
        String ascii = ascii(host);
        String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
        if (name.isEmpty() || name.length() > LONGEST) {
            throw FetchException.invalid("the URL's host is empty or too long");
        }
        String last = name.substring(name.lastIndexOf('.') + 1);
        if (NUMBER.matcher(last).matches()) {
            return quad(name);
        }
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw FetchException.invalid("the URL's host is no DNS name");
            }
        }
        return new HostName(name, Optional.empty());
    }

    /** IDNA also turns other scripts' digits and dots into ASCII, so this comes first. */
    private static String ascii(String host) {
        if (host.chars().allMatch(c -> c < 0x80)) {
            return host.toLowerCase(Locale.ROOT);
        }
        try {
            return IDN.toASCII(host).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw FetchException.invalid("the URL's host is no DNS name");
        }
    }

    private static HostName quad(String name) {
        if (!QUAD.matcher(name).matches()) {
            throw FetchException.invalid("an address in a URL must be four decimal numbers without leading zeros");
        }
        return new HostName(name, Optional.of(Inet4Address.ofLiteral(name)));
    }

    private static HostName literal(String host) {
        String inner = host.substring(1, Math.max(1, host.length() - 1));
        if (!host.endsWith("]") || !SIX.matcher(inner).matches()) {
            throw FetchException.invalid("the URL's host is no IPv6 address");
        }
        try {
            // One that carries an IPv4 address is that address.
            InetAddress address = Inet6Address.ofLiteral(inner);
            return new HostName(address.getHostAddress(), Optional.of(address));
        } catch (IllegalArgumentException e) {
            throw FetchException.invalid("the URL's host is no IPv6 address");
        }
    }

    /** As a URL or a Host header has it. */
    String bracketed() {
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }
}
