package dev.sharegpt4v.server.media;

import java.net.InetAddress;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * The network as downloads see it.
 *
 * @param resolver of names
 * @param policy for addresses
 * @param trust whose certificates are believed
 */
record Network(Resolver resolver, AddressPolicy policy, SSLContext trust) {

    /** The machine's own resolver and certificates, and public addresses only. */
    static Network real() {
        try {
            return new Network(
                    name -> List.of(InetAddress.getAllByName(name)), new PublicAddresses(), SSLContext.getDefault());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JVM has no TLS", e);
        }
    }
}
