package dev.sharegpt4v.server.media;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * An {@code http} or {@code https} URL, read strictly: what one library could take for another host than the next is no URL
 * here. Source: RFC 3986; the tricks are those of WHATWG URL's special cases.
 *
 * @param secure whether it is {@code https}
 * @param host it names
 * @param port it names, or the scheme's own
 * @param target path and query in ASCII, starting with a slash
 */
record ImageUrl(boolean secure, HostName host, int port, String target) {

    static final int HTTP = 80;
    static final int HTTPS = 443;
    private static final int LONGEST = 8192;

    /** Letters that a path may not hold, yet often does; they are escaped. */
    private static final String ESCAPED = "\"<>^`{|}";

    /**
     * Reads a URL.
     *
     * @throws FetchException when it is none
     */
    static ImageUrl parse(String url) {
        if (url.length() > LONGEST) {
            throw FetchException.invalid("the URL is longer than " + LONGEST + " characters");
        }
        for (int i = 0; i < url.length(); i++) {
            char c = url.charAt(i);
            if (c <= ' ' || c == '\\' || Character.isISOControl(c) || Character.isSpaceChar(c)) {
                throw FetchException.invalid("the URL holds a space, a control character or a backslash");
            }
        }
        int colon = url.indexOf(':');
        String scheme = colon < 0 ? "" : url.substring(0, colon).toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw FetchException.invalid("the URL is neither http nor https");
        }
        if (!url.startsWith("//", colon + 1)) {
            throw FetchException.invalid("the URL has no host");
        }
        int from = colon + 3;
        int end = from;
        while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
            end++;
        }
        return of(scheme.equals("https"), url.substring(from, end), url.substring(end));
    }

    private static ImageUrl of(boolean secure, String authority, String rest) {
        if (authority.isEmpty()) {
            throw FetchException.invalid("the URL has no host");
        }
        if (authority.indexOf('@') >= 0) {
            throw FetchException.invalid("the URL holds a user name");
        }
        if (authority.indexOf('%') >= 0) {
            throw FetchException.invalid("the URL's host is escaped");
        }
        int bracket = authority.lastIndexOf(']');
        int colon = authority.indexOf(':', Math.max(0, bracket));
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = secure ? HTTPS : HTTP;
        if (colon >= 0) {
            port = port(authority.substring(colon + 1));
        }
        return new ImageUrl(secure, HostName.parse(host), port, target(rest));
    }

    private static int port(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > 65_535) {
            throw FetchException.invalid("the URL's port is no number from 1 to 65535");
        }
        return Integer.parseInt(text);
    }

    private static String target(String rest) {
        int fragment = rest.indexOf('#');
        String plain = fragment < 0 ? rest : rest.substring(0, fragment);
        StringBuilder target = new StringBuilder(plain.startsWith("/") ? "" : "/");
        for (byte b : plain.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xff;
            if (c >= 0x7f || ESCAPED.indexOf(c) >= 0) {
                target.append('%').append("%02X".formatted(c));
            } else {
                target.append((char) c);
            }
        }
        return target.toString();
    }

    /**
     * Where a redirect leads.
     *
     * @throws FetchException when it leads to no URL, or from https to http
     */
    ImageUrl follow(String location) {
        ImageUrl next;
        try {
            next = parse(absolute(location));
        } catch (FetchException | IllegalArgumentException e) {
            throw FetchException.failed("the image's host redirects to what is no URL of an image");
        }
        if (secure && !next.secure) {
            throw FetchException.failed("the image's host redirects from https to http");
        }
        return next;
    }

    /** References with a host are left to the strict reader alone. */
    private String absolute(String location) {
        if (location.startsWith("//")) {
            return (secure ? "https:" : "http:") + location;
        }
        return location.matches("(?s)[a-zA-Z][a-zA-Z0-9+.-]*:.*")
                ? location
                : URI.create(origin() + target).resolve(location).toString();
    }

    private String origin() {
        return (secure ? "https://" : "http://") + host.bracketed() + ":" + port;
    }
}
